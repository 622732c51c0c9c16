package known

import (
	"slices"
	"testing"
)

// TestRegistersAreNoLabels: no word for a register or an officer is in plain form what
// begins a line of a header: Azerbaijani "VÖEN" would be German "Von".
func TestRegistersAreNoLabels(t *testing.T) {
	labels := map[string]bool{}
	for _, l := range Labels {
		labels[PlainForm(l.Text)] = true
	}
	for _, row := range slices.Concat(Registers, Officers, Handles, Rooms, Hours, Memberships) {
		for _, text := range row.Texts {
			if labels[PlainForm(text)] {
				t.Errorf("%s: %q is also the label of a header field", row.Lang, text)
			}
		}
	}
}
