// Package dkim tells whether a message bears a valid DKIM signature (RFC 6376) of
// one of some domains, as a proof of where it comes from.
//
// It is the one place in the path of a message that may wait for the network: the
// key of a signature is asked of DNS, for at most [Verifier.Timeout] for all keys
// of a message, and kept after that. A server that does not answer is a temporary
// error, never a signature that is not valid.
//
// A signature proves who signed the text, not who sent this copy of it: whoever has
// a message that the tenant signed can send it again.
package dkim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"sigmilter/milter/entity"
	"sigmilter/milter/policy"
)

// maxSignatures bounds how many signatures of a message are tried.
const maxSignatures = 5

// A Verifier verifies signatures. It is used from many goroutines.
type Verifier struct {
	timeout time.Duration
	keys    keys
}

// New is a verifier that waits at most timeout for the keys of a message. A nil
// lookup asks the system's resolver; its errors are those of [net.Resolver], of
// which one that says not found is final and any other temporary.
func New(timeout time.Duration, lookup func(ctx context.Context, name string) ([]string, error)) *Verifier {
	if lookup == nil {
		lookup = net.DefaultResolver.LookupTXT
	}
	return &Verifier{timeout: timeout, keys: keys{lookup: lookup, now: time.Now, known: map[string]answer{}}}
}

// Verify looks for a valid signature of one of the domains, which are in lower
// case, and returns its domain, or why there is none. Line ends of the body may be
// CRLF or LF. The error says that it cannot be told: DNS does not answer, or the
// body cannot be read.
//
// QUIRK: a milter is given a field without the blank after its colon. It is put
// back, which is right for all but signatures with the "simple" canonicalization
// of a header that had none, or two.
func (v *Verifier) Verify(h entity.Header, body *io.SectionReader, domains []string) (domain, why string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), v.timeout)
	defer cancel()
	why = "there is no DKIM signature of its domains"
	var unknown error
	tried := 0
	for i := range h {
		if !strings.EqualFold(h[i].Name, "DKIM-Signature") || !slices.Contains(domains, policy.SigningDomain(h[i].Value)) {
			continue
		}
		if tried++; tried > maxSignatures {
			why = fmt.Sprintf("none of the first %d DKIM signatures is valid", maxSignatures)
			break
		}
		domain, err := v.verifyOne(ctx, h, i, body)
		switch {
		case err == nil && slices.Contains(domains, domain):
			return domain, "", nil
		case err == nil: // the library reads another domain than we do
			why = fmt.Sprintf("the DKIM signature is of %q", domain)
		case msgauth.IsTempFail(err) || errors.As(err, new(bodyError)):
			unknown = err
		default:
			why = fmt.Sprintf("the DKIM signature of %s is not valid: %s", policy.SigningDomain(h[i].Value), strings.TrimPrefix(err.Error(), "dkim: "))
		}
	}
	if unknown != nil {
		return "", "", unknown
	}
	return "", why, nil
}

// verifyOne verifies the signature in one field. The library is given no other: it
// verifies several at once, on goroutines that outlive a fault.
func (v *Verifier) verifyOne(ctx context.Context, h entity.Header, at int, body *io.SectionReader) (domain string, err error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", bodyError{err}
	}
	raw := io.MultiReader(strings.NewReader(written(h, at)), bodyReader{body})
	verified, err := msgauth.VerifyWithOptions(raw, &msgauth.VerifyOptions{
		LookupTXT:        func(name string) ([]string, error) { return v.keys.get(ctx, name) },
		MaxVerifications: 1,
	})
	switch {
	case err != nil:
		return "", err
	case len(verified) != 1:
		return "", errors.New("the field cannot be read")
	}
	return strings.ToLower(verified[0].Domain), verified[0].Err
}

// written is a header as it stands in a message, with only one signature.
func written(h entity.Header, signature int) string {
	var b strings.Builder
	for i, f := range h {
		if i != signature && strings.EqualFold(f.Name, "DKIM-Signature") {
			continue
		}
		value := f.Value
		if !strings.HasPrefix(value, " ") && !strings.HasPrefix(value, "\t") {
			value = " " + value
		}
		value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\n", "\r\n")
		b.WriteString(f.Name + ":" + value + "\r\n")
	}
	return b.String() + "\r\n"
}

// bodyReader marks a fault of reading the body as one.
type bodyReader struct{ io.Reader }

type bodyError struct{ error }

func (e bodyError) Unwrap() error { return e.error }

func (r bodyReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = bodyError{err}
	}
	return n, err
}
