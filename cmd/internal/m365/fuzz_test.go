package m365

import (
	"testing"

	"sigmilter/milter/entity"
)

// Whatever the header, each check ends with a finding, and what is bad says what to
// change.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(back))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, n := entity.ParseHeader(raw)
		findings := Check(h, n, expected)
		if len(findings) != len(checks) {
			t.Fatalf("%d findings of %d checks", len(findings), len(checks))
		}
		for _, finding := range findings {
			if finding.Found == "" || finding.Verdict == Bad && finding.Change == "" {
				t.Errorf("got %+v", finding)
			}
		}
	})
}
