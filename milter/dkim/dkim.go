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
// case, and returns it, or why there is none. Line ends of the body may be CRLF or
// LF. The error says that it cannot be told: DNS does not answer, or the body cannot
// be read.
//
// QUIRK: a milter is given a field without the blank after its colon. It is put
// back, which is right for all but signatures with the "simple" canonicalization
// of a header that had none, or two.
func (v *Verifier) Verify(h entity.Header, body *io.SectionReader, domains []string) (s policy.Signature, why string, err error) {
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
		s, err := v.verifyOne(ctx, h, i, body)
		switch {
		case err == nil && slices.Contains(domains, s.Domain):
			return s, "", nil
		case err == nil: // the library reads another domain than we do
			why = fmt.Sprintf("the DKIM signature is of %q", s.Domain)
		case msgauth.IsTempFail(err) || errors.As(err, new(bodyError)):
			unknown = err
		default:
			why = fmt.Sprintf("the DKIM signature of %s is not valid: %s", policy.SigningDomain(h[i].Value), strings.TrimPrefix(err.Error(), "dkim: "))
		}
	}
	if unknown != nil {
		return policy.Signature{}, "", unknown
	}
	return policy.Signature{}, why, nil
}

// verifyOne verifies the signature in one field. The library is given no other: it
// verifies several at once, on goroutines that outlive a fault.
func (v *Verifier) verifyOne(ctx context.Context, h entity.Header, at int, body *io.SectionReader) (s policy.Signature, err error) {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return s, bodyError{err}
	}
	fields, err := needed(h, at)
	if err != nil {
		return s, err
	}
	raw := io.MultiReader(strings.NewReader(written(fields)), &bodyReader{Reader: body})
	var keys []string
	verified, err := msgauth.VerifyWithOptions(raw, &msgauth.VerifyOptions{
		LookupTXT: func(name string) (texts []string, err error) {
			keys, err = v.keys.get(ctx, name)
			return keys, err
		},
		MaxVerifications: 1,
	})
	switch {
	case err != nil:
		return s, err
	case len(verified) != 1:
		return s, errors.New("the field cannot be read")
	case verified[0].Err != nil:
		return s, verified[0].Err
	}
	s = policy.Signature{Domain: strings.ToLower(verified[0].Domain), Covers: covered(h, verified[0].HeaderKeys)}
	return s, allowed(verified[0], keys)
}

// allowed says why a signature proves nothing although it is valid: by the flags of
// its key (RFC 6376 3.6.1), which the library does not look at, or by an identity
// that is none.
func allowed(s *msgauth.Verification, keys []string) error {
	at := strings.LastIndexByte(s.Identifier, '@')
	identity := strings.ToLower(s.Identifier[at+1:])
	below := identity != strings.ToLower(s.Domain)
	flags := flagsOf(keys)
	switch {
	case at < 0 || strings.HasPrefix(identity, "."):
		return errors.New("its identity has no domain")
	case slices.Contains(flags, "y"):
		return errors.New("its key is for tests (t=y)")
	case slices.Contains(flags, "s") && below:
		return errors.New("its key is for the domain alone, not for one below it (t=s)")
	}
	return nil
}

// flagsOf are the flags of a key, the tag t of its record.
func flagsOf(records []string) []string {
	var flags []string
	for _, r := range records {
		for tag := range strings.SplitSeq(r, ";") {
			name, value, _ := strings.Cut(tag, "=")
			if strings.TrimSpace(name) != "t" {
				continue
			}
			for f := range strings.SplitSeq(value, ":") {
				flags = append(flags, strings.ToLower(strings.TrimSpace(f)))
			}
		}
	}
	return flags
}

// covered are the fields of a header that a signature over these names covers, which
// are the last ones of each name (RFC 6376 5.4.2), in the order of the header.
func covered(h entity.Header, names []string) entity.Header {
	left := map[string]int{}
	for _, n := range names {
		left[strings.ToLower(n)]++
	}
	var fields entity.Header
	for _, f := range slices.Backward(h) {
		if name := strings.ToLower(f.Name); left[name] > 0 {
			left[name]--
			fields = append(fields, f)
		}
	}
	slices.Reverse(fields)
	return fields
}

// written is a header as it stands in a message.
func written(h entity.Header) string {
	var b strings.Builder
	for _, f := range h {
		value := f.Value
		if !strings.HasPrefix(value, " ") && !strings.HasPrefix(value, "\t") {
			value = " " + value
		}
		value = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\n", "\r\n")
		b.WriteString(f.Name + ":" + value + "\r\n")
	}
	return b.String() + "\r\n"
}
