package insert

import (
	"strings"
	"testing"
)

const (
	gitDiff = "diff --git a/meters/round.c b/meters/round.c\nindex 3f1a2b4..9c0d1e2 100644\n--- a/meters/round.c\n+++ b/meters/round.c\n" +
		"@@ -10,3 +10,3 @@ int rounded(double v)\n {\n-\treturn (int)(v + 0.5);\n+\treturn (int)floor(v + 0.5);\n }\n"
	formatPatch = "Rounding went the wrong way.\n\nSigned-off-by: Alice Muster <alice@contoso.com>\n---\n meters/round.c | 2 +-\n 1 file changed\n\n" + gitDiff + "-- \n2.47.0\n"
	svnDiff     = "Index: main.c\n===================================================================\n--- main.c\t(revision 12)\n+++ main.c\t(working copy)\n@@ -1,3 +1,3 @@\n {\n-\treturn 1;\n+\treturn 0;\n }\n"
	armour      = "-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2\n\nhQEMA1xkq8Xc0sEkAQf/Wb3m2v4h1Xk1Yd0C5l9pJzQ0h1b0n9cT0m5m1J8r2c1k\n=aB3d\n-----END PGP MESSAGE-----\n"
	clearSigned = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nWe offer 100 pieces.\n-----BEGIN PGP SIGNATURE-----\n\niHUEARYKAB0WIQQ3n0c1\n=x1Yz\n-----END PGP SIGNATURE-----\n"
)

func TestUntouchable(t *testing.T) {
	tests := []struct {
		name, text string
		patch      bool // the subject is that of a patch
		want       string
	}{
		{"git format-patch", formatPatch, false, "patch"},
		{"git format-patch with a note below the ruler", strings.Replace(formatPatch, "---\n m", "---\nv2: rebased.\n\n m", 1), false, "patch"},
		{"several files", strings.Replace(formatPatch, "-- \n2", gitDiff+"-- \n2", 1), false, "patch"},
		{"a new and a renamed file", "Add it.\n---\n\ndiff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nnew file mode 100644\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n", false, "patch"},
		{"binary", "Add it.\n---\n\ndiff --git a/x.png b/x.png\nGIT binary patch\nliteral 70\nzcmeAS@N?(olHy`uVBq!ia0vp^j3CUx\n", false, "patch"},
		{"a diff and nothing else", gitDiff, false, "patch"},
		{"one of Subversion and nothing else", svnDiff, false, "patch"},
		{"one without a head", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", false, "patch"},
		{"one of Mercurial", "# HG changeset patch\n# User Alice\n# Date 1 0\n", false, "patch"},
		{"in a letter, by its subject", "Hi Bob,\n\nthis is it:\n\n" + gitDiff + "\nWhat do you think?\n", true, "patch"},

		{"pasted above words", gitDiff + "\nWhat do you think?\n\nAlice\n", false, ""},
		{"pasted below words", "Hi Bob,\n\nthis is the fix:\n\n" + gitDiff, false, ""},
		{"pasted between words", "Hi Bob,\n\n" + svnDiff + "\nBest regards\nAlice\n", false, ""},
		{"a patch pasted between words", "Hi Bob,\n\nthey sent me this:\n\n" + formatPatch + "\nShall we take it?\n", false, ""},
		{"a signature below a patch", strings.Replace(formatPatch, "2.47.0", "Alice Muster\nContoso GmbH", 1), false, "patch"},
		{"the same, without a delimiter", "Hi Bob,\n\nthey sent me this:\n\nFix it.\n---\n\n" + gitDiff + "\nShall we take it?\n", false, ""},
		{"a line of a log", "The log says\n+++ b/meters.c\n@@ -1 @@ failed\nand no more.\n", false, ""},
		{"a ruler and a list", "Agenda\n---\n- pumps\n- meters\n+ lunch\n", false, ""},
		{"a title of a patch over a letter", "Save your work.\n\n---\nAlice\n", true, ""},
		{"quoted", "> " + strings.ReplaceAll(gitDiff, "\n", "\n> ") + "\n\nLooks right.\n", false, ""},

		{"armour", armour, false, "pgp"},
		{"armour below words", "Hi Bob, see below.\n\n" + armour, false, "pgp"},
		{"armour above a sign-off", armour + "\nSent from my iPhone\n", false, "pgp"},
		{"armour cut off", "-----BEGIN PGP MESSAGE-----\n\nhQEMA1xkq8Xc0sEkAQf/Wb3m2v4h1Xk1\n", false, "pgp"},
		{"armour of one short line", "-----BEGIN PGP MESSAGE-----\n\nhQEM\n=aB3d\n-----END PGP MESSAGE-----\n", false, "pgp"},
		{"clear-signed", clearSigned, false, "pgp"},
		{"words about armour", "He sent me a mail that begins with\n-----BEGIN PGP MESSAGE-----\nand I cannot read it.\n", false, ""},
		{"one word below", "What is this?\n-----BEGIN PGP MESSAGE-----\nThanks\n", false, ""},
		{"words about signatures", "It begins with\n-----BEGIN PGP SIGNED MESSAGE-----\nwhat is that?\n", false, ""},
		{"in a sentence", "Look for -----BEGIN PGP MESSAGE----- in it.\n", false, ""},
		{"a key", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ7sample0FgkrBgEEAdpHDwEBB0A\n=k1Ys\n-----END PGP PUBLIC KEY BLOCK-----\n", false, ""},
		{"dashes", "-- \nAlice\n", false, ""},
		{"nothing", "\n\n", true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Read([]byte(tt.text), Kind{}).Untouchable(tt.patch); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// What gpg made of a line of text, with keys that are nobody's.
const (
	realArmour = `-----BEGIN PGP MESSAGE-----

hF4DKhKq6VoGHaYSAQdAUTLOgBJFk0qpzh3ZLOtWFlMo54zVm5HIGggL2+yiz0sw
P8vDwtBXCZKTmMU0gOyoOFTNaqGvxXdzjqROuY+fZXA6TddiMmi7DLc6EtwBvduN
0ogBsJvHi3Jx2Yg7HCdC8lADvuaIjj3ruuB/eVqo9u3jVb+zlWDk04n4tnYNShqF
DUYuMH0RrkPTZxGFMYa7bMJRVBX3ptkuIYE+aEXs0dO5l4IqggwgecoggsJ3VnFW
4HE2E/KaGJxri0XvF3aUP9hW1+d3O+8DeoVwnd2TwrKSRymdzn7K6NWo
=lnVy
-----END PGP MESSAGE-----
`
	realSigned = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Hello Bob, the offer is 12 EUR.
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQTPaZR7MEkN8DDG/2LamemfNfkGJAUCaw4QJgAKCRDamemfNfkG
JPB9AQC1v4hStl/HP4BD20QixiY7OFx/Ap5OkS9/VDw3So7ARgEAv/JzN4f+GTaZ
MxAqrN/oxC6po3QEZdNR0dLPDOEDrQE=
=vb0e
-----END PGP SIGNATURE-----
`
)

func TestSealing(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want Sealing
	}{
		"a message":                  {realArmour, Sealed},
		"two":                        {realArmour + "\n" + realArmour, Sealed},
		"a message in quoted mail":   {"> " + strings.ReplaceAll(realArmour, "\n", "\n> ") + "\nHello\n", Unsealed},
		"a message above older mail": {realArmour + "\nOn Mon, 2 Feb 2026 at 09:00, Bob Jones <bob@example.net> wrote:\n> Hello\n", Sealed},
		"clear-signed":               {realSigned, Sealed},
		"both":                       {realSigned + realArmour, Sealed},

		"a message below words":    {"Hello Ben.\n\n" + realArmour, Unsealed},
		"a message above words":    {realArmour + "\nThe offer is 12 EUR.\n", Unsealed},
		"a message of text":        {"-----BEGIN PGP MESSAGE-----\n\nSGVsbG8gQmVuLCB0aGUgb2ZmZXIu\n-----END PGP MESSAGE-----\n", Unsealed},
		"a message cut off":        {strings.SplitAfter(realArmour, "\n\n")[0], Unsealed},
		"its first line":           {"The offer.\n-----BEGIN PGP MESSAGE-----\n", Unsealed},
		"clear-signed below words": {"The offer.\n" + realSigned, PartlySealed},
		"clear-signed above words": {realSigned + "The offer.\n", PartlySealed},
		"signature of text":        {clearSigned, Unsealed},
		"no signature":             {"-----BEGIN PGP SIGNED MESSAGE-----\n\nThe offer.\n", Unsealed},
		"words":                    {"The offer.\n", Unsealed},
		"nothing":                  {"", Unsealed},
	} {
		if got := Read([]byte(c.text), Kind{Reply: true}).Sealing(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	page := "<p>" + strings.ReplaceAll(realArmour, "\n", "<br>\n") + "</p>"
	if got := Read([]byte(page), Kind{HTML: true}).Sealing(); got != Sealed {
		t.Errorf("in HTML: %v", got)
	}
}

// TestDiffHeads: each row begins a diff, and a letter may have such a line.
func TestDiffHeads(t *testing.T) {
	for _, h := range diffHeads {
		if strings.Trim(h.begins[:1], "dI+@#") != "" {
			t.Errorf("%q is never looked at", h.begins)
		}
		if !beginsDiff(h.begins+"x") || h.source == "" || Read([]byte("Hi\n"+h.begins+"x\nBye\n"), Kind{}).Untouchable(false) != "" {
			t.Errorf("%q", h.begins)
		}
	}
}
