package policy

import (
	"errors"
	"strings"
	"testing"
)

// TestKindUnderEnforce: no word of the author's takes a message out of a rule with
// enforce, unless a setting says so.
func TestKindUnderEnforce(t *testing.T) {
	labels := map[Reason]string{
		Automatic: "Auto-Submitted: auto-replied", Calendar: "Content-Class: urn:content-classes:calendarmessage", Journal: "X-MS-Journal-Report:",
		Patch: "Subject: [PATCH 1/2] x", Recall: "X-MS-Exchange-RecallReportGenerated: true", Report: "Content-Type: multipart/report; boundary=b",
		Rights: "Content-Class: rpmsg.message", TNEF: "Content-Type: application/ms-tnef", Voice: "Content-Class: voice",
		SignedPart: "Content-Type: multipart/signed", EncryptedPart: "Content-Type: multipart/encrypted", SMIME: "Content-Type: application/pkcs7-mime",
	}
	for kind, label := range labels {
		for _, c := range []struct {
			name              string
			enforce           bool
			handling          *Handling
			convention, other Verdict // of a kind by convention, and of one that its substance tells
		}{
			{"no enforce", false, nil, Pass, Pass},
			{"enforce", true, nil, Sign, Sign},
			{"no enforce, to be signed", false, &Handling{AnswerSign, AnswerPass}, Sign, Pass},
			{"enforce, to pass", true, &Handling{AnswerPass, AnswerPass}, Pass, Sign},
			{"enforce, to wait", true, &Handling{AnswerPass, AnswerDefer}, Defer, Sign},
		} {
			p := newPolicy()
			p.Rules[0].Enforce = c.enforce
			if c.handling != nil {
				p.Kinds = map[Reason]Handling{kind: *c.handling}
			}
			want := c.convention
			if kind == SignedPart || kind == EncryptedPart || kind == SMIME {
				want = c.other
			}
			d := decide(t, p, written(label))
			if d.Verdict != want || (d.Reason == kind) != (want != Sign) {
				t.Errorf("%s, %s: verdict %d because of %s, want %d", kind, c.name, d.Verdict, d.Reason, want)
			}
		}
	}
}

// TestNullSenderUnderEnforce: nor does the envelope, nor an address that only
// Exchange Online has.
func TestNullSenderUnderEnforce(t *testing.T) {
	for sender, kind := range map[string]Reason{"": NullSender, "O365ConnectorValidation@contoso.com": Probe} {
		p := newPolicy()
		f := written()
		f.Sender = sender
		if d := decide(t, p, f); d.Verdict != Pass || d.Reason != kind {
			t.Errorf("%q: %d because of %s", sender, d.Verdict, d.Reason)
		}
		p.Rules[0].Enforce = true
		if d := decide(t, p, f); d.Verdict != Sign {
			t.Errorf("%q with enforce: %d because of %s", sender, d.Verdict, d.Reason)
		}
	}
}

// TestKindWithoutRule: where no rule takes the message, it is left alone as ever, by
// the same name.
func TestKindWithoutRule(t *testing.T) {
	for name, change := range map[string]func(*Policy, *Facts){
		"no rule applies": func(p *Policy, _ *Facts) {
			p.Rules = []RuleSpec{{Name: "new", Conditions: Conditions{If: []Condition{mustCondition("kind", "reply")}}, Signature: "x", Enforce: true}}
		},
		"the rule that applies does not enforce": func(p *Policy, _ *Facts) {
			p.Rules = []RuleSpec{{Name: "all", Signature: "x", Stop: true}, {Name: "more", Disclaimer: "x", Enforce: true}}
		},
		"a stranger": func(p *Policy, f *Facts) {
			p.Rules[0].Enforce = true
			f.Header = header("Auto-Submitted: auto-replied", "From: x@example.net")
		},
	} {
		p, f := newPolicy(), written("Auto-Submitted: auto-replied")
		change(p, f)
		if d := decide(t, p, f); d.Verdict != Pass || d.Reason != Automatic || d.Tenant != "" {
			t.Errorf("%s: %d because of %s, tenant %q", name, d.Verdict, d.Reason, d.Tenant)
		}
	}
}

// TestKindAsksLater: a rule that asks for the text is asked once it is there; a store
// that fails is no reason to let a message out.
func TestKindAsksLater(t *testing.T) {
	p := newPolicy()
	p.Rules[0].Enforce = true
	p.Rules[0].If = []Condition{asks("body", "offer")}
	f := written("Auto-Submitted: auto-replied")
	if d := decide(t, p, f); !d.Pending {
		t.Errorf("%d because of %s", d.Verdict, d.Reason)
	}
	for text, want := range map[string]Verdict{"our offer": Sign, "hello": Pass} {
		f.Size, f.Text = 100, func() (string, bool) { return text, true }
		if d := decide(t, p, f); d.Verdict != want || d.Pending {
			t.Errorf("%q: %d because of %s", text, d.Verdict, d.Reason)
		}
	}
	if _, err := p.Decide(f, lost{}); err == nil {
		t.Error("no error of the store")
	}
}

type lost struct{}

func (lost) Find(string, string) (*Person, bool, error) { return nil, false, errors.New("lost") }

// TestKindTrace: a trace tells that a rule overrules a kind, or that none does.
func TestKindTrace(t *testing.T) {
	p := newPolicy()
	p.Rules[0].Enforce = true
	f := written("Auto-Submitted: auto-replied")
	f.Trace = &Trace{}
	decide(t, p, f)
	var kinds []string
	for _, s := range f.Trace.Steps {
		if s.Step == "kind" {
			kinds = append(kinds, s.Words)
		}
	}
	if len(kinds) != 1 || !strings.Contains(kinds[0], "overrule") {
		t.Errorf("%q", kinds)
	}
}

func TestHandlingOf(t *testing.T) {
	p := newPolicy()
	p.Kinds = HandlingOf([]Reason{Voice}, []Reason{Patch, Recall}, []Reason{Recall})
	for kind, want := range map[Reason][2]Answer{
		Voice: {AnswerSign, AnswerSign}, Patch: {AnswerPass, AnswerPass}, Recall: {AnswerPass, AnswerDefer}, Journal: {AnswerPass, AnswerSign},
		SMIME: {AnswerPass, AnswerSign},
	} {
		if got := [2]Answer{p.Answer(kind, false), p.Answer(kind, true)}; got != want {
			t.Errorf("%s: %v, want %v", kind, got, want)
		}
	}
}
