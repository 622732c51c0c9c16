package policy

import "testing"

func TestPatchTitles(t *testing.T) {
	for subject, want := range map[string]patchTitle{
		"[PATCH 2/3] meters: round": surePatch,
		"[PATCH 00/12] meters":      surePatch,
		"[PATCH V4 03/10] meters":   surePatch,
		"[PATCH net-next v3 2/5] x": surePatch,
		"[PATCH 5.10 012/100] x":    surePatch,
		"[PATCH v2 net 1/2] x":      surePatch,
		"[PATCHv2 1/3] x":           surePatch,
		"[PATCH 1/n] x":             surePatch,
		"[PATCH 1 of 3] x":          surePatch,
		"[PATCH 2 of 3 V2] x":       surePatch,
		"[RFC PATCH] x":             surePatch,
		"[RFC PATCH v2 0/4] x":      surePatch,
		"[RFC v2 PATCH 1/2] x":      surePatch,
		"[PATCH RFC 1/2] x":         surePatch,
		"[PATCH/RFC] x":             surePatch,
		"[PATCH,RFC] x":             surePatch,
		"[PATCH RESEND] x":          surePatch,
		"[RESEND PATCH v5] x":       surePatch,
		"[libvirt PATCH 3/4] x":     surePatch,
		"[dev] [PATCH v7 1/2] x":    surePatch,

		"[PATCH] meters: round":  likePatch,
		"[PATCH v2] meters":      likePatch,
		"[PATCH_v2] x":           likePatch,
		"[OE-core][PATCH v2] x":  likePatch,
		"[PATCH AUTOSEL 5.10] x": likePatch,
		"[PATCH 4/2026] x":       likePatch,
		"[PATCH 2026] x":         likePatch,
		"[PATCH net-next] x":     likePatch,
		"[PATCH -mm] x":          likePatch,
		"[RFC PATCH net-next] x": likePatch,
		"[OE-core][PATCH] x":     likePatch,
		"[PATCH] [media] x":      likePatch,
		"[PATCH] Fileserver":     likePatch,
		"[PATCH notes] x":        likePatch,

		"[PATCHDAY] Reboot tonight":      noPatch,
		"[PATCHING] Window":              noPatch,
		"[PATCHES] v2":                   noPatch,
		"[PATCH-DAY 1/2] x":              noPatch,
		"[PATCH DAY] x":                  noPatch,
		"[PATCH PANEL 1/2] x":            noPatch,
		"[RFC PATCH PANEL] wiring":       noPatch,
		"[RFC PATCH-PANEL] wiring":       noPatch,
		"[PATCH NOTES 4.2] x":            noPatch,
		"[PATCH Management] x":           noPatch,
		"[RFC] Travel rules":             noPatch,
		"[RFC 1/2] x":                    noPatch,
		"[DISPATCH v2] x":                noPatch,
		"[v2 1/3] x":                     noPatch,
		"Re: [PATCH v2] x":               noPatch,
		"AW: [PATCH v2] x":               noPatch,
		"[patch v2] x":                   noPatch,
		"[PATCH v2 meters":               noPatch,
		"PATCH v2 1/3":                   noPatch,
		"Rooms [PATCH v2 1/3]":           noPatch,
		"[Patch 1/2] x":                  noPatch,
		"":                               noPatch,
		"[]":                             noPatch,
		"[PATCHDAY v2] x":                noPatch,
		"[PATCH 1/2 PLEASE READ THIS] x": noPatch,
	} {
		if got := titleOf(subject); got != want {
			t.Errorf("%q: %d, want %d", subject, got, want)
		}
	}
}

// TestPatchForms: patches are plain text.
func TestPatchForms(t *testing.T) {
	for contentType, want := range map[string]bool{
		"":                                    true,
		"text/plain; charset=utf-8":           true,
		"multipart/mixed; boundary=b":         true,
		"text/html":                           false,
		"multipart/alternative; boundary=b":   false,
		"multipart/related; boundary=b":       false,
		"multipart/alternative; x=text/plain": false,
	} {
		h := header("Subject: [PATCH v2 1/3] meters: round")
		if contentType != "" {
			h = header("Subject: [PATCH v2 1/3] meters: round", "Content-Type: "+contentType)
		}
		if got := isPatch(h); got != want {
			t.Errorf("%q: %v", contentType, got)
		}
	}
}
