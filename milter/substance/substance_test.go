package substance

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

func decoded(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCMS(t *testing.T) {
	for name, c := range map[string]struct {
		b              []byte
		cms, signature bool
	}{
		"detached signature":                       {decoded(t, detached), true, true},
		"in lengths that the end tells":            {decoded(t, indefinite), true, true},
		"opaque signature":                         {decoded(t, opaque), true, true},
		"encrypted":                                {decoded(t, enveloped), true, false},
		"encrypted, in lengths that the end tells": {decoded(t, envelopedIndefinite), true, false},
		"with a line end behind":                   {append(decoded(t, detached), '\r', '\n'), true, true},

		"nothing":                                {nil, false, false},
		"text":                                   {[]byte("Hello Ben, the offer is 12 EUR."), false, false},
		"text like ASN.1":                        {[]byte("0123456789"), false, false},
		"cut off":                                {decoded(t, detached)[:100], false, false},
		"cut off, in lengths that the end tells": {decoded(t, indefinite)[:100], false, false},
		"with text behind":                       {append(decoded(t, detached), "Hello"...), false, false},
		"its head alone":                         {fromHex(t, "300d06092a864886f70d010702a000"), false, false},
		"text in its place":                      {fromHex(t, "301406092a864886f70d010702a0070405"+hex.EncodeToString([]byte("Hello"))), false, false},
		"no signer":                              {fromHex(t, "302306092a864886f70d010702a016301402010131003009"+"06072a864886f70d013100"+"3100"), true, false},
		"data":                                   {fromHex(t, "301506092a864886f70d010701a0080406"+hex.EncodeToString([]byte("Hello!"))), false, false},
		"deep":                                   {bytes.Repeat([]byte{0x30, 0x80}, 1000), false, false},
	} {
		if got := CMS(c.b, true); got != c.cms {
			t.Errorf("%s: CMS %v", name, got)
		}
		if got := CMSSignature(c.b, true); got != c.signature {
			t.Errorf("%s: signature %v", name, got)
		}
	}
}

// TestCMSStart: a beginning is enough where the whole is large.
func TestCMSStart(t *testing.T) {
	for name, text := range map[string]string{"detached": detached, "indefinite": indefinite, "enveloped": enveloped, "enveloped indefinite": envelopedIndefinite} {
		b := decoded(t, text)
		for n := 60; n < len(b); n++ {
			if !CMS(b[:n], false) {
				t.Errorf("%s: not known by %d bytes", name, n)
				break
			}
		}
	}
	if CMS([]byte("Hello Ben, the offer"), false) {
		t.Error("a text")
	}
}

func fromHex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func armored(label, data string) string {
	return "-----BEGIN PGP " + label + "-----\n\n" + base64.StdEncoding.EncodeToString([]byte(data)) + "\n-----END PGP " + label + "-----\n"
}

func TestOpenPGP(t *testing.T) {
	const old, two, partial = "\x85\x00\x03abc", "\xc1\x03abc\xd2\x02de", "\xd2\xe1ab\x01c"
	for name, c := range map[string]struct {
		text                           string
		encrypted, signature, readable bool
	}{
		"a message":           {pgpMessage, true, false, false},
		"a signature":         {pgpSignature, false, true, true},
		"an old packet":       {armored("MESSAGE", old), true, false, false},
		"two packets":         {armored("MESSAGE", two), true, false, false},
		"a packet in lengths": {armored("MESSAGE", partial), true, false, false},
		"not armored":         {two, true, false, false},
		"behind a marker":     {"\xca\x03PGP" + two, true, false, false},
		"with a field":        {strings.Replace(armored("MESSAGE", two), "\n\n", "\nVersion: GnuPG v2\n\n", 1), true, false, false},
		"packed":              {armored("MESSAGE", "\xa3abc"), false, false, true},

		"a short signature":     {armored("SIGNATURE", "\xc2\x03\x04bc"), false, false, false},
		"a signature of text":   {armored("SIGNATURE", "\xc2\x14Hello Ben, the offer"), false, false, false},
		"an old signature":      {armored("SIGNATURE", "\x88\x14\x04"+strings.Repeat("x", 19)), false, true, true},
		"one of many bytes":     {armored("SIGNATURE", "\xc2\xc0\x08\x04"+strings.Repeat("x", 199)), false, true, true},
		"one of five bytes":     {armored("SIGNATURE", "\xc2\xff\x00\x00\x00\x14\x04"+strings.Repeat("x", 19)), false, true, true},
		"one to the end":        {armored("SIGNATURE", "\x8b\x04"+strings.Repeat("x", 19)), false, true, true},
		"text in armor":         {armored("MESSAGE", "Hello Ben, the offer."), false, false, false},
		"text":                  {"Hello Ben", false, false, false},
		"words between":         {strings.Replace(pgpMessage, "\n\n", "\n\nHello Ben, the offer.\n", 1), false, false, false},
		"its first line":        {"-----BEGIN PGP MESSAGE-----\n", false, false, false},
		"no last line":          {strings.Replace(pgpMessage, "-----END", "", 1), false, false, false},
		"packets with a rest":   {two + "xyz", false, false, false},
		"a packet that is cut":  {two[:len(two)-1], false, false, false},
		"a packet without size": {"\xc1", false, false, false},
		"nothing":               {"", false, false, false},
		"nothing in armor":      {"-----BEGIN PGP MESSAGE-----\n\n-----END PGP MESSAGE-----\n", false, false, false},
	} {
		b := []byte(c.text)
		if got := Encrypted.OpenPGP(b, true); got != c.encrypted {
			t.Errorf("%s: encrypted %v", name, got)
		}
		if got := Signature.OpenPGP(b, true); got != c.signature {
			t.Errorf("%s: signature %v", name, got)
		}
		if got := Signed.OpenPGP(b, true); got != c.readable {
			t.Errorf("%s: signed or packed %v", name, got)
		}
	}
	if long := strings.Repeat("q83vq83vq83vq83v\n", 100); !Encrypted.OpenPGP([]byte("-----BEGIN PGP MESSAGE-----\n\nwf8AAf//"+long), false) {
		t.Error("not known by its beginning")
	}
}

func TestReadArmor(t *testing.T) {
	a, ok := ReadArmor([]byte(pgpSignature+"Hello\n"), true)
	if !ok || a.Label != "SIGNATURE" || !a.Ended || a.Size != len(pgpSignature) {
		t.Errorf("%v %q %v %d", ok, a.Label, a.Ended, a.Size)
	}
}

func TestTNEF(t *testing.T) {
	const real = "789f3e22010001069008000400000000000100c1d2"
	for s, want := range map[string]bool{real: true, real[:20]: false, "": false, "00" + real: false, "789f3e220100020690080004": false, strings.Repeat("78", 40): false} {
		if got := TNEF(fromHex(t, s)); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

func TestRights(t *testing.T) {
	const real = "76e80460c411e386a00f0000"
	for s, want := range map[string]bool{real: true, real + "00": true, real[:16]: false, "": false, "00" + real: false} {
		if got := Rights(fromHex(t, s)); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

func TestMeeting(t *testing.T) {
	const real = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@contoso.com\r\nDTSTAMP:20260202T090000Z\r\nDESCRIPTION:BEGIN:\r\n VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	without := func(line string) string { return strings.Replace(real, line+"\r\n", "", 1) }
	for name, c := range map[string]struct {
		text, method string
		want         bool
	}{
		"a request":        {real, "REQUEST", true},
		"in small letters": {strings.ToLower(real), "request", true},
		"with LF":          {strings.ReplaceAll(real, "\r", ""), "REQUEST", true},
		"with a mark":      {"\ufeff" + real, "REQUEST", true},
		"an answer":        {strings.Replace(real, "REQUEST", "REPLY", 1), "REPLY", true},
		"with parameters":  {strings.Replace(real, "DTSTAMP:", "DTSTART;TZID=UTC:", 1), "REQUEST", true},
		"another method":   {real, "CANCEL", false},
		"no method":        {without("METHOD:REQUEST"), "REQUEST", false},
		"no method asked":  {without("METHOD:REQUEST"), "", false},
		"no identity":      {without("UID:1@contoso.com"), "REQUEST", false},
		"no time":          {without("DTSTAMP:20260202T090000Z"), "REQUEST", false},
		"no component":     {without("BEGIN:VEVENT"), "REQUEST", false},
		"no end":           {without("END:VCALENDAR"), "REQUEST", false},
		"text above":       {"Hello\r\n" + real, "REQUEST", false},
		"text":             {"Hello", "REQUEST", false},
		"nothing":          {"", "REQUEST", false},
	} {
		if got := Meeting([]byte(c.text), c.method, true); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !Meeting([]byte(without("END:VCALENDAR")), "REQUEST", false) {
		t.Error("not known by its beginning")
	}
}

// FuzzSubstance: no input is too odd.
func FuzzSubstance(f *testing.F) {
	for _, s := range []string{detached, indefinite, enveloped} {
		f.Add(decoded(f, s))
	}
	f.Add([]byte(pgpMessage))
	f.Add([]byte(pgpSignature))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, whole := range []bool{true, false} {
			if CMSSignature(b, whole) && !CMS(b, whole) {
				t.Error("a signature that is no CMS")
			}
			Message.OpenPGP(b, whole)
			Meeting(b, "REQUEST", whole)
		}
		TNEF(b)
		Rights(b)
		if a, ok := ReadArmor(b, true); ok && (a.Size > len(b) || !a.Ended) {
			t.Errorf("armor of %d bytes in %d", a.Size, len(b))
		}
	})
}
