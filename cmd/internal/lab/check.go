package lab

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Check judges a message that came back against what was expected of the
// sample, and returns every breach, joined: arrived on one pass, the guard field
// once, signed at the right place exactly once in each text part and nothing
// else changed, or not signed and the body byte-identical.
func Check(s Sample, a Arrival) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if a.Sent == nil {
		return errors.New("nothing was sent under this Message-ID")
	}
	if a.Passes != 1 {
		fault("came back %d times", a.Passes)
	}
	if n := len(fieldValues(a.Raw, Guard)); n != 1 {
		fault("guard field %d times", n)
	}
	if !slices.Equal(slices.Sorted(slices.Values(a.To)), slices.Sorted(slices.Values(s.To))) || a.From != s.From {
		fault("envelope: from %q to %q, sent from %q to %q", a.From, a.To, s.From, s.To)
	}
	faults = append(faults, checkFields(s, a))
	if s.Action == "signed" {
		faults = append(faults, checkSigned(s, a))
	} else {
		_, sent := splitMessage(a.Sent)
		_, came := splitMessage(a.Raw)
		if !bytes.Equal(sent, came) {
			fault("body changed, though not signed")
		}
	}
	return errors.Join(faults...)
}

// checkFields wants the header back as it was sent, but for what the relay and
// the filter are there to change.
func checkFields(s Sample, a Arrival) error {
	mayChange := []string{Guard}
	if s.Action == "signed" {
		mayChange = append(mayChange, "DKIM-Signature", "Content-Type", "Content-Transfer-Encoding")
		if len(fieldValues(a.Raw, "DKIM-Signature")) > 0 {
			return errors.New("broken DKIM-Signature left in a signed message")
		}
	}
	keep := func(fields []string) []string {
		return slices.DeleteFunc(fields, func(field string) bool {
			name, _, _ := strings.Cut(field, ":")
			return slices.ContainsFunc(mayChange, func(n string) bool { return strings.EqualFold(n, name) })
		})
	}
	came := keep(fieldLines(a.Raw))
	for i, field := range came {
		if !strings.HasPrefix(field, "Received:") || !strings.Contains(field, "relay.lab.example") {
			came = came[i:]
			break
		}
	}
	sent := keep(fieldLines(a.Sent))
	for i := range min(len(sent), len(came)) {
		if sent[i] != came[i] {
			return fmt.Errorf("field %q came back as %q", sent[i], came[i])
		}
	}
	if len(sent) != len(came) {
		return fmt.Errorf("%d fields sent, %d came back", len(sent), len(came))
	}
	return nil
}

// checkSigned compares leaf by leaf.
func checkSigned(s Sample, a Arrival) error {
	sent, err := Leaves(a.Sent)
	if err != nil {
		return fmt.Errorf("as sent: %w", err)
	}
	came, err := Leaves(a.Raw)
	if err != nil {
		return fmt.Errorf("as it came back: %w", err)
	}
	if len(sent) != len(came) {
		return fmt.Errorf("%d parts sent, %d came back", len(sent), len(came))
	}
	var faults []error
	for i := range sent {
		var err error
		if sent[i].Text == "" {
			if !bytes.Equal(sent[i].Raw, came[i].Raw) {
				err = errors.New("changed, though no text of the message")
			}
		} else {
			err = checkText(s, sent[i].Text, came[i].Text)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("part %d, %s: %w", i+1, sent[i].Type, err))
		}
	}
	return errors.Join(faults...)
}

// checkText wants the author's text, character for character but for blanks,
// with the signature in it once, at the place.
func checkText(s Sample, sent, came string) error {
	sent, came = squash(sent), squash(came)
	signature := squash(Signatures[s.author()])
	n := strings.Count(came, signature)
	if n == 0 {
		return errors.New("signature missing")
	}
	if n > 1 {
		return fmt.Errorf("signature %d times", n)
	}
	above, below, _ := strings.Cut(came, signature)
	if !strings.Contains(above, squash(s.Before)) {
		return fmt.Errorf("signature not after %q", s.Before)
	}
	if !strings.Contains(below, squash(s.After)) {
		return fmt.Errorf("signature not before %q", s.After)
	}
	for _, gone := range s.Gone {
		if strings.Contains(came, squash(gone)) {
			return fmt.Errorf("%q still there", gone)
		}
		sent = strings.Replace(sent, squash(gone), "", 1)
	}
	if above+below != sent {
		return errors.New("the author's text changed")
	}
	return nil
}

// author is the address in the sample's From field, whose signature it gets.
func (s Sample) author() string {
	for _, from := range fieldValues(s.Raw(), "From") {
		_, address, _ := strings.Cut(from, "<")
		return strings.TrimSuffix(address, ">")
	}
	return ""
}

// squash leaves out blanks of every kind, visible or not.
func squash(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
}
