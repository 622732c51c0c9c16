package policy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

// sample is a message of testdata/enforce, as a tree and its body.
func sample(t *testing.T, name string) (*entity.Part, string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../../testdata/enforce", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	h, n := entity.ParseHeader(raw)
	s := entity.NewScanner(h, entity.Limits{})
	if _, err := s.Write(raw[n:]); err != nil {
		t.Fatal(err)
	}
	root, err := s.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return root, string(raw[n:])
}

// contents gives the first bytes of parts, decoded.
func contents(body string, most int64) Content {
	return func(p *entity.Part) ([]byte, bool) {
		n := min(p.BodyEnd, p.BodyStart+most)
		return entity.Content(p, []byte(body[p.BodyStart:n])), n == p.BodyEnd
	}
}

// TestProtected: the part that nobody may change, by what is in it.
func TestProtected(t *testing.T) {
	for name, want := range map[string]string{
		"smime-signed":              "signed-part ",
		"smime-signed-indefinite":   "signed-part ",
		"smime-opaque":              "smime 1",
		"smime-encrypted":           "smime 1",
		"smime-above-a-footer":      "smime 1",
		"pgp-signed":                "signed-part ",
		"pgp-encrypted":             "encrypted-part ",
		"pgp-encrypted-by-exchange": "pgp 2",
		"meeting":                   "calendar ",
		"meeting-with-file":         "calendar 1",
		"meeting-alone":             "calendar 1",
		"tnef":                      "tnef 2 wraps",
		"rights":                    "rights-managed 2 wraps",

		"smime-signed-hollow":           "",
		"smime-signed-half":             "",
		"smime-signed-encrypted-data":   "",
		"smime-signed-alone":            "",
		"smime-signed-other-protocol":   "",
		"smime-hollow":                  "",
		"smime-named-text":              "",
		"pgp-signed-hollow":             "",
		"pgp-encrypted-hollow":          "",
		"pgp-encrypted-beside-a-letter": "",
		"meeting-hollow":                "",
		"meeting-other-method":          "",
		"meeting-alone-hollow":          "",
		"meeting-attached":              "",
		"meeting-beside-a-letter":       "",
		"tnef-hollow":                   "",
		"tnef-beside-html":              "",
		"rights-hollow":                 "",
		"alternative-signed-inside":     "",
		"mixed-forwarded-message":       "",
	} {
		root, body := sample(t, name)
		found, ok := Protected(root, contents(body, 64<<10))
		got := ""
		if ok {
			got = string(found.Reason) + " " + found.Part.ID
		}
		if found.Wraps {
			got += " wraps"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestProtectedStart: what is large is known by its beginning.
func TestProtectedStart(t *testing.T) {
	for _, name := range []string{"smime-encrypted", "smime-encrypted-indefinite", "pgp-encrypted", "smime-opaque"} {
		root, body := sample(t, name)
		if _, ok := Protected(root, contents(body, 200)); !ok {
			t.Errorf("%s is not known", name)
		}
	}
}

func TestProtections(t *testing.T) {
	for _, k := range protections {
		names := strings.Join(slices.Concat(k.media, k.files), "")
		if len(k.media) == 0 || k.source == "" || k.real == nil || strings.ToLower(names) != names {
			t.Errorf("row %s", k.reason)
		}
	}
}
