package lab

import (
	"bytes"
	"strings"
	"testing"
)

func TestSamplesAreWhole(t *testing.T) {
	for _, s := range Samples {
		t.Run(s.Name, func(t *testing.T) {
			raw := s.Raw()
			if got := messageID(raw); got != s.MessageID() {
				t.Errorf("Message-ID %q, want %q", got, s.MessageID())
			}
			if n := bytes.Count(raw, []byte("\n")); n != bytes.Count(raw, []byte("\r\n")) || n == 0 {
				t.Error("line ends are not all CRLF")
			}
			leaves, err := Leaves(raw)
			if err != nil {
				t.Fatal(err)
			}
			texts := 0
			for _, leaf := range leaves {
				if leaf.Text == "" {
					continue
				}
				texts++
				for _, want := range append([]string{s.Before, s.After}, s.Gone...) {
					if !strings.Contains(squash(leaf.Text), squash(want)) {
						t.Errorf("%s part does not read %q", leaf.Type, want)
					}
				}
			}
			if s.Action != "signed" {
				return
			}
			if texts == 0 {
				t.Error("no text to sign")
			}
			if Signatures[s.author()] == "" {
				t.Errorf("author %q has no signature", s.author())
			}
		})
	}
}

func TestCopyHasAnIDOfItsOwn(t *testing.T) {
	m, id := Samples[0].Copy(7)
	if got := messageID(m.Raw); got != id || id == Samples[0].MessageID() {
		t.Errorf("Message-ID %q, said %q", got, id)
	}
}

// plainSample is a sample of one text part, so that a test can edit the message as
// a filter would.
var plainSample = Sample{Name: "plain-new", From: "carl@contoso.com", To: []string{"ben@x.example"},
	Action: "signed", Before: "provided the ferry runs.", After: "Kind regards", Gone: []string{"Hello,"}}

// arrival is plainSample as it comes back when all went well.
func arrival() Arrival {
	sent := plainSample.Raw()
	sent = append([]byte("Received: from x\r\nDKIM-Signature: v=1\r\n"), sent...)
	raw := strings.Replace(string(sent), "DKIM-Signature: v=1\r\n", "", 1)
	raw = strings.Replace(raw, "MIME-Version:", Guard+": Yes\r\nMIME-Version:", 1)
	raw = strings.Replace(raw, "Kind regards", Signatures["carl@contoso.com"]+"\r\n\r\nKind regards", 1)
	raw = strings.Replace(raw, "Hello,", "", 1)
	return Arrival{From: plainSample.From, To: plainSample.To, Passes: 1, Sent: sent,
		Raw: []byte("Received: from y by relay.lab.example\r\n" + raw)}
}

func TestCheckFindsEachBreach(t *testing.T) {
	if err := Check(plainSample, arrival()); err != nil {
		t.Fatalf("nothing is wrong: %v", err)
	}
	replace := func(old, replacement string) func(*Arrival) {
		return func(a *Arrival) {
			if !bytes.Contains(a.Raw, []byte(old)) {
				t.Errorf("%q is not in the message", old)
			}
			a.Raw = bytes.ReplaceAll(a.Raw, []byte(old), []byte(replacement))
		}
	}
	signature := Signatures["carl@contoso.com"]
	tests := []struct {
		breach string
		damage func(*Arrival)
	}{
		{"nothing was sent", func(a *Arrival) { a.Sent = nil }},
		{"came back 2 times", func(a *Arrival) { a.Passes = 2 }},
		{"guard field 0 times", replace(Guard+": Yes\r\n", "")},
		{"guard field 2 times", replace(Guard, Guard+": Yes\r\n"+Guard)},
		{"envelope", func(a *Arrival) { a.From = "" }},
		{"envelope", func(a *Arrival) { a.To = nil }},
		{"DKIM-Signature left", replace("Subject:", "DKIM-Signature: v=1\r\nSubject:")},
		{"came back as", replace("Delivery date", "delivery date")},
		{"fields sent", replace("To: ben.ortiz@fabrikam.example\r\nSubject: Delivery date\r\n", "To: ben.ortiz@fabrikam.example\r\n")},
		{"signature missing", replace(signature, "")},
		{"signature 2 times", replace(signature, signature+"\r\n"+signature)},
		{"signature not after", replace("provided the ferry runs.\r\n\r\n"+signature, signature+"\r\nprovided the ferry runs.")},
		{"signature not before", replace(signature+"\r\n\r\nKind regards", "Kind regards\r\n"+signature)},
		{"still there", replace("both meters", "Hello,\r\nboth meters")},
		{"text changed", replace("Monday", "Tuesday")},
		{"as it came back", replace("text/plain", "text plain")},
	}
	for _, tt := range tests {
		a := arrival()
		tt.damage(&a)
		if err := Check(plainSample, a); err == nil || !strings.Contains(err.Error(), tt.breach) {
			t.Errorf("error %v, want %q", err, tt.breach)
		}
	}
}

func TestCheckUnsignedIsToTheByte(t *testing.T) {
	s := plainSample
	s.Action = "skipped"
	a := arrival()
	a.Raw = []byte(Guard + ": Yes\r\n" + string(a.Sent))
	if err := Check(s, a); err != nil {
		t.Fatalf("nothing is wrong: %v", err)
	}
	a.Raw = append(a.Raw, '\r', '\n')
	if err := Check(s, a); err == nil || !strings.Contains(err.Error(), "body changed") {
		t.Errorf("one more line: %v", err)
	}
	a = arrival()
	a.Raw = []byte(Guard + ": Yes\r\n" + strings.Replace(string(a.Sent), "DKIM-Signature: v=1\r\n", "", 1))
	if err := Check(s, a); err == nil {
		t.Error("DKIM-Signature taken from an unsigned message: no breach")
	}
}

func TestAttachmentsAreComparedByTheByte(t *testing.T) {
	leaves, err := Leaves(Samples[3].Raw())
	if err != nil {
		t.Fatal(err)
	}
	if len(leaves) != 3 || leaves[2].Type != "application/pdf" || leaves[2].Text != "" || len(leaves[2].Raw) == 0 {
		t.Errorf("leaves %v, want text, HTML and a PDF without text", leaves)
	}
}

func TestCheckLoadCountsArrivals(t *testing.T) {
	a := arrival()
	a.MessageID = "1"
	b := a
	b.MessageID = "2"
	expected := map[string]Sample{"1": plainSample, "2": plainSample}
	if err := CheckLoad(expected, []Arrival{a, b}); err != nil {
		t.Fatalf("nothing is wrong: %v", err)
	}
	damaged := b
	damaged.Passes = 2
	for breach, arrivals := range map[string][]Arrival{
		"2 arrived 0 times":        {a},
		"1 arrived 2 times":        {a, a, b},
		"which nobody sent":        {a, b, {MessageID: "3"}},
		"2: came back 2 times":     {a, damaged},
		`message "" from "" arriv`: {a, b, {}},
	} {
		if err := CheckLoad(expected, arrivals); err == nil || !strings.Contains(err.Error(), breach) {
			t.Errorf("error %v, want %q", err, breach)
		}
	}
}
