package dkim

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"sigmilter/milter/entity"
)

var contoso = []string{"contoso.com", "contoso.de"}

const letter = "From: Anna <anna@contoso.com>\r\nTo: ben@example.net\r\nSubject: Meters,\r\n and  more\r\n\r\nHello Ben\r\n\r\nAnna \r\n"

// key is the private key that every domain of the tests signs with.
var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// zone answers for it, and counts.
type zone struct {
	asked atomic.Int32
	text  []string
	err   error
}

func newZone() *zone {
	public := base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	return &zone{text: []string{"v=DKIM1; k=ed25519; p=" + public}}
}

func (z *zone) lookup(_ context.Context, name string) ([]string, error) {
	z.asked.Add(1)
	if !strings.HasPrefix(name, "s1._domainkey.") || !strings.HasSuffix(name, ".") {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return z.text, z.err
}

// sign puts signatures of these domains on a message.
func sign(t testing.TB, raw, canonicalization, selector string, domains ...string) string {
	t.Helper()
	for _, d := range domains {
		var out bytes.Buffer
		c := msgauth.Canonicalization(canonicalization)
		err := msgauth.Sign(&out, strings.NewReader(raw), &msgauth.SignOptions{
			Domain: d, Selector: selector, Signer: key, Hash: crypto.SHA256,
			HeaderCanonicalization: c, BodyCanonicalization: c, HeaderKeys: []string{"From", "Subject"},
		})
		if err != nil {
			t.Fatal(err)
		}
		raw = out.String()
	}
	return raw
}

// parsed is a message as a file has it.
func parsed(raw string) (entity.Header, *io.SectionReader) {
	h, n := entity.ParseHeader([]byte(raw))
	return h, io.NewSectionReader(strings.NewReader(raw), int64(n), int64(len(raw)-n))
}

// handed is a message as an MTA hands it over: without the blank after the colon,
// folds as LF.
func handed(raw string) (entity.Header, *io.SectionReader) {
	h, body := parsed(raw)
	for i := range h {
		h[i].Value = strings.ReplaceAll(strings.TrimPrefix(h[i].Value, " "), "\r\n", "\n")
	}
	return h, body
}

func TestVerify(t *testing.T) {
	relaxed := func(domains ...string) string { return sign(t, letter, "relaxed", "s1", domains...) }
	for _, c := range []struct{ name, raw, domain, why string }{
		{"signed", relaxed("contoso.com"), "contoso.com", ""},
		{"simple", sign(t, letter, "simple", "s1", "contoso.de"), "contoso.de", ""},
		{"among others", relaxed("esp.example", "contoso.de", "list.example"), "contoso.de", ""},
		{"a domain in capitals", relaxed("Contoso.COM"), "contoso.com", ""},
		{"LF", strings.ReplaceAll(relaxed("contoso.com"), "\r\n", "\n"), "contoso.com", ""},
		{"unsigned", letter, "", "there is no DKIM signature of its domains"},
		{"another's", relaxed("fabrikam.com"), "", "there is no DKIM signature of its domains"},
		{"body changed", strings.Replace(relaxed("contoso.com"), "Hello", "Hallo", 1), "", "contoso.com is not valid: body hash did not verify"},
		{"From changed", strings.Replace(relaxed("contoso.com"), "anna@", "boss@", 1), "", "signature did not verify"},
		{"the first is broken", sign(t, strings.Replace(relaxed("contoso.com"), "Hello", "Hallo", 1), "relaxed", "s1", "contoso.de"), "contoso.de", ""},
		{"no such key", sign(t, letter, "relaxed", "s2", "contoso.com"), "", "no key for signature"},
		{"no tag fits", strings.Replace(relaxed("contoso.com"), "a=ed25519-sha256", "a=rsa-sha1", 1), "", "is not valid"},
		{"a body length", strings.Replace(relaxed("contoso.com"), " v=1;", " v=1; l=0;", 1), "", "insecure body length"},
		{"expired", strings.Replace(relaxed("contoso.com"), " v=1;", " v=1; x=1;", 1), "", "expired"},
		{"not a signature", "DKIM-Signature: d=contoso.com\r\n" + letter, "", "is not valid"},
		{"a long list of recipients", sign(t, strings.Replace(letter, "Subject: ", "Subject: "+strings.Repeat("x\r\n ", 30_000), 1), "relaxed", "s1", "contoso.com"), "contoso.com", ""},
		{"names beyond its fields", strings.Replace(relaxed("contoso.com"), "h=From:Subject", "h=From:Subject:Subject", 1), "", "signature did not verify"},
		{"a field of its name before", strings.Replace(relaxed("contoso.com"), "To:", "To: x\r\nTo:", 1), "contoso.com", ""},
		{"a covered field before", "Subject: x\r\n" + relaxed("contoso.com"), "contoso.com", ""},
		{"a covered field behind", strings.Replace(relaxed("contoso.com"), "\r\n\r\n", "\r\nSubject: x\r\n\r\n", 1), "", "signature did not verify"},
		{"too many names", strings.Replace(relaxed("contoso.com"), "h=From:Subject", "h=From:Subject"+strings.Repeat(":x", maxNames), 1), "", "its tag h has more than 500 names"},
		{"a field too long", strings.Replace(relaxed("contoso.com"), " v=1;", " v=1; x="+strings.Repeat("1", maxSignatureBytes)+";", 1), "", "more than 16384 bytes"},
		{"too many lines", sign(t, strings.Replace(letter, "Subject: ", "Subject: "+strings.Repeat("x\r\n ", 30_000), 1), "simple", "s1", "contoso.com"), "", "too many lines"},
		{"too many blank lines", sign(t, letter+strings.Repeat("\r\n", maxLineEnds/2+1), "relaxed", "s1", "contoso.com"), "", "too many blank lines"},
		{"many blank lines", sign(t, letter+strings.Repeat("\r\n", maxLineEnds/4), "simple", "s1", "contoso.com"), "contoso.com", ""},
		{"too many", strings.Repeat("DKIM-Signature: d=contoso.com\r\n", maxSignatures) + relaxed("contoso.com"), "", "none of the first 5"},
		{"as many as may be", strings.Repeat("DKIM-Signature: d=contoso.com\r\n", maxSignatures-1) + relaxed("contoso.com"), "contoso.com", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for form, read := range map[string]func(string) (entity.Header, *io.SectionReader){"file": parsed, "milter": handed} {
				h, body := read(c.raw)
				s, why, err := New(time.Minute, newZone().lookup).Verify(h, body, contoso)
				domain := s.Domain
				if err != nil || domain != c.domain || !strings.Contains(why, c.why) || (why == "") != (domain != "") {
					t.Errorf("%s: domain %q, why %q, %v", form, domain, why, err)
				}
			}
		})
	}
}

// A key says what its signatures are good for, and a tag of the signature whose it
// is: for tests they prove nothing, nor does one of a domain below with a strict key.
func TestWhatProves(t *testing.T) {
	for _, c := range []struct{ name, record, identifier, why string }{
		{"plain", "", "", ""},
		{"empty flags", "t=;", "", ""},
		{"unknown flags", "t=z:yy;", "", ""},
		{"a note", "n=t=y, next month;", "", ""},
		{"for tests", "t=y;", "", "its key is for tests"},
		{"for tests, blanks", " t = s : y ;", "", "its key is for tests"},
		{"strict", "t=s;", "", ""},
		{"strict, its domain", "t=s;", "anna@contoso.com", ""},
		{"strict, a domain below", "t=s;", "anna@mail.contoso.com", "not for one below it"},
		{"strict among others", "t=x:S;", "@mail.contoso.com", "not for one below it"},
		{"a domain below", "", "anna@mail.contoso.com", ""},
		{"another domain", "", "anna@contoso.com.evil.example", "domain mismatch"},
		{"no domain", "", "mail.contoso.com", "its identity has no domain"},
		{"half a domain", "", "@evil.example@.contoso.com", "its identity has no domain"},
		{"withdrawn", "p=;", "", "key revoked"},
		{"flags twice", "t=s; t=y;", "", "key record error"},
		{"for another service", "s=tlsrpt;", "", "inappropriate service"},
		{"for another hash", "h=sha1;", "", "inappropriate hash"},
		{"another version", "v=DKIM2;", "", "incompatible public key version"},
	} {
		var out bytes.Buffer
		err := msgauth.Sign(&out, strings.NewReader(letter), &msgauth.SignOptions{
			Domain: "contoso.com", Selector: "s1", Signer: key, Hash: crypto.SHA256, Identifier: c.identifier,
			HeaderCanonicalization: "relaxed", BodyCanonicalization: "relaxed", HeaderKeys: []string{"From"},
		})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		z := newZone()
		switch tag, _, _ := strings.Cut(c.record, "="); tag {
		case "p":
			z.text = []string{"v=DKIM1; k=ed25519; " + c.record}
		case "v":
			z.text[0] = strings.Replace(z.text[0], "v=DKIM1;", c.record, 1)
		default:
			z.text[0] = c.record + strings.TrimPrefix(z.text[0], "v=DKIM1;")
		}
		h, body := parsed(out.String())
		s, why, err := New(time.Minute, z.lookup).Verify(h, body, contoso)
		if err != nil || !strings.Contains(why, c.why) || (s.Domain == "contoso.com") != (c.why == "") {
			t.Errorf("%s: %q, why %q, %v", c.name, s.Domain, why, err)
		}
	}
}

// A signature covers the last fields of each name, as many as it names.
func TestCovered(t *testing.T) {
	h, _ := parsed("Sender: a\r\nSubject: b\r\nsubject: c\r\nFrom: d\r\nX: e\r\nX: f\r\n\r\n")
	for names, want := range map[string]string{
		"from":                         " d",
		"From:SUBJECT":                 " c d",
		"from:subject:subject:subject": " b c d",
		"x:x:from:missing":             " d e f",
		"from:from":                    " d",
	} {
		got := ""
		for _, f := range covered(h, strings.Split(names, ":")) {
			got += f.Value
		}
		if got != want {
			t.Errorf("%s: %q", names, got)
		}
	}
	raw := strings.Replace(sign(t, letter, "relaxed", "s1", "contoso.com"), "To:", "Sender: boss@contoso.com\r\nTo:", 1)
	h, body := parsed(raw)
	s, _, err := New(time.Minute, newZone().lookup).Verify(h, body, contoso)
	if err != nil || !s.Covers.Has("From") || !s.Covers.Has("Subject") || len(s.Covers) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
}

// What cannot be told now is an error, unless another signature is valid.
func TestNotTold(t *testing.T) {
	raw := sign(t, letter, "relaxed", "s1", "contoso.com")
	z := newZone()
	z.err = &net.DNSError{Err: "server misbehaving", IsTemporary: true}
	h, body := parsed(raw)
	if s, _, err := New(time.Minute, z.lookup).Verify(h, body, contoso); s.Domain != "" || err == nil || !strings.Contains(err.Error(), "server misbehaving") {
		t.Errorf("silent DNS: %q, %v", s.Domain, err)
	}

	lost := io.NewSectionReader(lostFile{}, 0, 100)
	if s, _, err := New(time.Minute, newZone().lookup).Verify(h, lost, contoso); s.Domain != "" || !errors.Is(err, errLost) {
		t.Errorf("a body that cannot be read: %q, %v", s.Domain, err)
	}

	slow := func(ctx context.Context, name string) ([]string, error) {
		if strings.HasSuffix(name, ".contoso.com.") {
			<-ctx.Done() // the resolver answers so when the time is over
			return nil, &net.DNSError{Err: ctx.Err().Error(), IsTimeout: true}
		}
		return newZone().text, nil
	}
	if s, _, err := New(time.Millisecond, slow).Verify(h, body, contoso); s.Domain != "" || err == nil {
		t.Errorf("too slow: %q, %v", s.Domain, err)
	}
	h, body = parsed(sign(t, raw, "relaxed", "s1", "contoso.de"))
	if s, why, err := New(time.Millisecond, slow).Verify(h, body, contoso); s.Domain != "contoso.de" || err != nil {
		t.Errorf("another is valid: %q, %q, %v", s.Domain, why, err)
	}
}

var errLost = errors.New("lost")

type lostFile struct{}

func (lostFile) ReadAt([]byte, int64) (int, error) { return 0, errLost }

// The second message of a selector does not wait for DNS, whatever the answer was,
// until the answer is old.
func TestKeysAreKept(t *testing.T) {
	for _, c := range []struct {
		name     string
		selector string
		err      error
		ttl      time.Duration
	}{
		{"a key", "s1", nil, keyTTL},
		{"no key", "s2", nil, absentTTL},
		{"silence", "s1", errors.New("no route to host"), faultTTL},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := newZone()
			z.err = c.err
			v := New(time.Minute, z.lookup)
			now := time.Now()
			v.keys.now = func() time.Time { return now }
			ask := func(want int32) {
				t.Helper()
				h, body := parsed(sign(t, letter, "relaxed", c.selector, "contoso.com"))
				if s, _, err := v.Verify(h, body, contoso); (s.Domain != "") != (c.ttl == keyTTL) || (err != nil) != (c.err != nil) {
					t.Errorf("%q, %v", s.Domain, err)
				}
				if got := z.asked.Load(); got != want {
					t.Errorf("asked %d times, want %d", got, want)
				}
			}
			ask(1)
			now = now.Add(c.ttl - 1)
			ask(1)
			now = now.Add(1)
			ask(2)
		})
	}
}

func TestKeysAreBounded(t *testing.T) {
	z := newZone()
	v := New(time.Minute, z.lookup)
	now := time.Now()
	v.keys.now = func() time.Time { return now }
	for i := range maxAnswers {
		v.keys.get(context.Background(), fmt.Sprintf("x%d._domainkey.contoso.com", i)) // not found
	}
	v.keys.get(context.Background(), "s1._domainkey.contoso.com")
	if n := len(v.keys.known); n != maxAnswers {
		t.Errorf("%d answers are kept", n)
	}
	now = now.Add(absentTTL)
	v.keys.get(context.Background(), "s1._domainkey.contoso.de")
	if n := len(v.keys.known); n != 2 {
		t.Errorf("%d answers are kept, of which all but 2 are old", n)
	}
}

// Many messages at once want one verifier without races.
func TestManyAtOnce(t *testing.T) {
	v := New(time.Minute, newZone().lookup)
	raw := sign(t, letter, "relaxed", "s1", "contoso.com")
	results := make(chan string)
	for range 8 {
		go func() {
			h, body := parsed(raw)
			s, _, _ := v.Verify(h, body, contoso)
			results <- s.Domain
		}()
	}
	for range 8 {
		if domain := <-results; domain != "contoso.com" {
			t.Errorf("%q", domain)
		}
	}
}
