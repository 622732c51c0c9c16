package milter

import (
	"encoding/base64"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sigmilter/milter/engine"
	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
	"sigmilter/milter/seal"
)

// sealed gives an engine a key, and its rule another signature for replies.
func sealed(e *engine.Engine, _ *shelf) {
	e.Policy.Keys, _ = seal.ParseKeys("a key for tests, long enough")
	e.Policy.Lifetime = 48 * time.Hour
	e.Policy.ThreadTokens = true
	e.Policy.Rules[0].ReplySignature = "short"
}

// once plays a message in a session of its own and returns what the MTA has then.
func once(t *testing.T, e engineSigner, raw string) (out string, s finished, log string) {
	t.Helper()
	var lines logBuffer
	e.Log = slog.New(slog.NewTextHandler(&lines, nil))
	h := start(t, e, Options{})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com", Recipients: []string{"c@partner.example"}}, raw)
	h.quit(mta)
	return strings.ReplaceAll(string(result.Raw), "\r\n", "\n"), h.only(), lines.String()
}

// fieldsOf are the guards and the References of a message.
func fieldsOf(out string) (guards, references []string) {
	h := engine.ParseFile([]byte(out)).Header()
	return h.All(guard), h.All("References")
}

const (
	identity  = "Message-ID: <1@contoso.com>\nDate: Sat, 21 Nov 2026 08:00:00 +0100\n"
	sealedYes = "Yes v2."
)

// A message comes round with the guard it got, and is left alone; the guard of
// another message, or one without a seal, goes, and the message is signed.
func TestSealedGuardThroughASession(t *testing.T) {
	first, s, _ := once(t, newEngine(sealed), identity+hello)
	guards, _ := fieldsOf(first)
	if s.outcome.Report.Action != engine.Signed || s.outcome.Report.Guard != "" || len(guards) != 1 || !strings.HasPrefix(guards[0], sealedYes) {
		t.Fatalf("%+v, guards %q", s.outcome.Report, guards)
	}
	if second, s, _ := once(t, newEngine(sealed), first); s.outcome.Report.Action != engine.Handled || second != first {
		t.Errorf("on return: %+v", s.outcome.Report)
	}
	for name, value := range map[string]string{"copied": guards[0], "plain": "Yes", "of another word": "True"} {
		raw := guard + ": " + value + "\n" + strings.Replace(identity, "<1@", "<2@", 1) + hello
		out, s, _ := once(t, newEngine(sealed), raw)
		now, _ := fieldsOf(out)
		if s.outcome.Report.Action != engine.Signed || s.outcome.Report.Guard != engine.ForeignGuard || len(now) != 1 || !strings.HasPrefix(now[0], sealedYes) || now[0] == value {
			t.Errorf("%s: %+v, guards %q", name, s.outcome.Report, now)
		}
	}
	// What passed is decided on again, by what it still has.
	skipped, s, _ := once(t, newEngine(sealed), "Auto-Submitted: auto-replied\n"+guard+": Yes\n"+identity+hello)
	if now, _ := fieldsOf(skipped); s.outcome.Report.Reason != string(policy.Automatic) || s.outcome.Report.Guard != engine.ForeignGuard || len(now) != 1 || now[0] != seal.Unsealed {
		t.Errorf("%+v, guards %q", s.outcome.Report, now)
	}
	if again, s, _ := once(t, newEngine(sealed), skipped); s.outcome.Report.Reason != string(policy.Automatic) || s.outcome.Report.Guard != "" || again != skipped {
		t.Errorf("what was passed comes back: %+v", s.outcome.Report)
	}
}

// However a message was changed on its way, it is signed once: as it left it is
// handled, and where Exchange changed it, it is decided on again and has its block.
func TestSealedMessageComesAgain(t *testing.T) {
	const block = "Head of Testing"
	first, s, _ := once(t, newEngine(sealed), identity+hello)
	if s.outcome.Report.Action != engine.Signed || strings.Count(first, block) != 1 {
		t.Fatalf("%+v\n%s", s.outcome.Report, first)
	}
	head, body, _ := strings.Cut(first, "\n\n")
	encoded := strings.Replace(head, "\nContent-Type:", "\nContent-Transfer-Encoding: base64\nContent-Type:", 1) + "\n\n" +
		base64.StdEncoding.EncodeToString([]byte(body)) + "\n"
	for name, c := range map[string]struct {
		raw     string
		handled bool
		change  func(*engine.Engine, *shelf)
	}{
		"as it left":            {first, true, nil},
		"a hop more":            {received(1) + first, true, nil},
		"fields of Exchange":    {"X-MS-Exchange-Organization-AuthAs: Internal\n" + first, true, nil},
		"blanks at line ends":   {head + "\n\n" + strings.ReplaceAll(body, "\n", " \n") + "\n\n", true, nil},
		"folded content type":   {strings.Replace(first, "text/plain; charset", "text/plain;\n\tcharset", 1), true, nil},
		"a footer more":         {first + "\nThis mail was scanned.\n", false, nil},
		"a word more":           {strings.Replace(first, "Hello,", "Hello Ben,", 1), false, nil},
		"in base64":             {encoded, false, nil},
		"another content type":  {strings.Replace(first, "charset=utf-8", "charset=us-ascii", 1), false, nil},
		"a second content type": {strings.Replace(first, "Content-Type:", "Content-Type: text/plain\nContent-Type:", 1), false, nil},
		"another Message-ID":    {strings.Replace(first, "<1@", "<2@", 1), false, nil},
		"three days later": {first, false, func(e *engine.Engine, _ *shelf) {
			e.Now = func() time.Time { return time.Now().Add(72 * time.Hour) }
		}},
	} {
		changes := []func(*engine.Engine, *shelf){sealed}
		if c.change != nil {
			changes = append(changes, c.change)
		}
		out, s, _ := once(t, newEngine(changes...), c.raw)
		guards, _ := fieldsOf(out)
		if (s.outcome.Report.Action == engine.Handled) != c.handled || (s.outcome.Report.Guard == engine.ForeignGuard) == c.handled || len(guards) != 1 {
			t.Errorf("%s: %+v, guards %q", name, s.outcome.Report, guards)
		}
		if len(s.outcome.Splices) > 0 || s.outcome.Reply != engine.Continue || !c.handled && !strings.HasPrefix(guards[0], sealedYes) {
			t.Errorf("%s is changed again: %+v\n%s", name, s.outcome, out)
		}
	}
}

// The seal of one mail is good for no other: new text is signed, and who is not
// proven is refused, whatever they have of a message that was.
func TestSealIsNoPass(t *testing.T) {
	proof := func(e *engine.Engine, s *shelf) {
		sealed(e, s)
		requiring("routing")(e, s)
		unproven(policy.Refuse)(e, s)
	}
	secret := route + ": " + code + "\n"
	first, _, _ := once(t, newEngine(proof), secret+identity+hello)
	guards, _ := fieldsOf(first)
	field := guard + ": " + guards[0] + "\n"
	stranger, s, _ := once(t, newEngine(proof), strings.Replace(identity+hello, "anna@contoso.com", "x@partner.example", 1))
	if theirs, _ := fieldsOf(stranger); s.outcome.Report.Reason != string(policy.NoTenant) || theirs[0] != seal.Unsealed {
		t.Errorf("of a stranger: %+v, guards %q", s.outcome.Report, theirs)
	}
	for name, c := range map[string]struct {
		raw  string
		want engine.Action
	}{
		"as it left, with the code":    {secret + first, engine.Handled},
		"as it left, without":          {first, engine.Refused},
		"other text, with the code":    {secret + field + identity + letter(textPlain, "Pay there.\n"), engine.Signed},
		"other text, without":          {field + identity + letter(textPlain, "Pay there.\n"), engine.Refused},
		"without its block":            {secret + field + identity + hello, engine.Signed},
		"a stranger before the author": {field + identity + strings.Replace(hello, "From: ", "From: x@partner.example, ", 1), engine.Refused},
		"a stranger's From field":      {field + identity + "From: x@partner.example\n" + hello, engine.Refused},
		"From with a blank":            {field + identity + strings.Replace(hello, "From:", "From :", 1), engine.Refused},
	} {
		if out, s, _ := once(t, newEngine(proof), c.raw); s.outcome.Report.Action != c.want {
			t.Errorf("%s: %+v\n%s", name, s.outcome.Report, out)
		}
	}
}

// An author who took the signature out by a keyword does not get it when the message
// comes again, without the keyword.
func TestOptOutComesAgain(t *testing.T) {
	e := func() engineSigner { return newEngine(sealed, withOptOut) }
	first, s, _ := once(t, e(), identity+strings.Replace(hello, "Subject: ", "Subject: #nosig ", 1))
	if s.outcome.Report.Reason != string(policy.OptedOut) || strings.Contains(first, "#nosig") {
		t.Fatalf("%+v\n%s", s.outcome.Report, first)
	}
	if again, s, _ := once(t, e(), first); s.outcome.Report.Action != engine.Handled || again != first {
		t.Errorf("%+v", s.outcome.Report)
	}
	if _, s, _ := once(t, e(), strings.Replace(first, "see you", "see you soon", 1)); s.outcome.Report.Action != engine.Signed {
		t.Errorf("with other text: %+v", s.outcome.Report)
	}
}

// A message that goes in circles is held or let go, and the log says so.
func TestLoop(t *testing.T) {
	most := func(onLoop engine.Reply) engineSigner {
		return newEngine(func(e *engine.Engine, _ *shelf) { e.Policy.MaxPasses, e.OnLoop = 3, onLoop })
	}
	if _, s, _ := once(t, most(engine.Tempfail), received(2)+hello); s.outcome.Report.Action != engine.Signed {
		t.Errorf("on the third pass: %+v", s.outcome.Report)
	}
	for name, raw := range map[string]string{
		"unguarded": received(3) + hello,
		"guarded":   received(3) + guard + ": Yes\n" + hello,
	} {
		_, s, log := once(t, most(engine.Tempfail), raw)
		if s.outcome.Reply != engine.Tempfail || s.outcome.Report.Reason != string(policy.Loop) || s.outcome.Report.Action != engine.Failed || len(s.outcome.Fields) > 0 {
			t.Errorf("%s, to be held: %+v", name, s.outcome)
		}
		if n := strings.Count(log, "goes in circles"); n != 1 || !strings.Contains(log, "passes=4 most=3") || !strings.Contains(log, "relay=mta.example.org") {
			t.Errorf("%s: the log says\n%s", name, log)
		}
		out, s, log := once(t, most(engine.Continue), raw)
		guards, _ := fieldsOf(out)
		if s.outcome.Report.Reason != string(policy.Loop) || s.outcome.Report.Action != engine.Skipped || len(s.outcome.Splices) > 0 || len(guards) != 1 || guards[0] != "Yes" {
			t.Errorf("%s, to pass: %+v, guards %q", name, s.outcome, guards)
		}
		if !strings.Contains(log, "goes in circles") {
			t.Errorf("%s: the log says\n%s", name, log)
		}
	}
}

// The token goes to the end of References, and everything there stays.
func TestThreadToken(t *testing.T) {
	token := `<sig.v1.`
	for name, c := range map[string]struct {
		fields, before string // what of References the token follows
		added          bool
		template       string
	}{
		"new":                    {"Message-ID: <1@contoso.com>\n", "References: ", true, "corporate"},
		"reply":                  {"References: <0@x>\n", "References: <0@x>\n ", true, "corporate"},
		"reply, folded at once":  {"References: \n <0@x>\n\t<9@x>\n", "References: \n <0@x>\n\t<9@x>\n ", true, "corporate"},
		"reply, no References":   {"In-Reply-To: <0@x>\n", "", false, "short"},
		"nothing to hold it to":  {"", "", false, "corporate"},
		"References too long":    {"References: <0@x>" + strings.Repeat("\n <123456789@partner.example>", 200) + "\n", "", false, "corporate"},
		"DKIM signatures go too": {"DKIM-Signature: x\nReferences: <0@x>\n", "References: <0@x>\n ", true, "corporate"},
	} {
		out, s, _ := once(t, newEngine(sealed), c.fields+hello)
		if s.outcome.Report.Action != engine.Signed || s.outcome.Report.Blocks[0].Template != c.template {
			t.Errorf("%s: %+v", name, s.outcome.Report)
		}
		if got := strings.Contains(out, token); got != c.added || got && !strings.Contains(out, c.before+token) || strings.Contains(out, "DKIM-Signature") {
			t.Errorf("%s:\n%s", name, out)
		}
	}
	for name, raw := range map[string]string{
		"passed":      "Message-ID: <1@contoso.com>\nAuto-Submitted: auto-replied\n" + hello,
		"nothing new": "Message-ID: <1@contoso.com>\n" + letter(textPlain, "Hello\n\n"+enginetest.Anna().Signature.Text+"\n"),
	} {
		if out, s, _ := once(t, newEngine(sealed), raw); strings.Contains(out, token) || len(s.outcome.Splices) > 0 {
			t.Errorf("%s: %+v\n%s", name, s.outcome.Report, out)
		}
	}
}

// A disclaimer alone brings no token: where the author's own signature stood and
// stays, ours is not in the thread.
func TestNoTokenWithoutSignature(t *testing.T) {
	e := newEngine(sealed, func(e *engine.Engine, _ *shelf) {
		e.Policy.Rules[0].Disclaimer = "legal"
		e.Policy.Rules[0].Place.ReplaceExisting = false
	})
	raw := "Message-ID: <1@contoso.com>\n" + letter(textPlain, "Hello\n\n-- \nAnna Muster\nHead of Testing\nanna@contoso.com\n")
	out, s, _ := once(t, e, raw)
	if b := s.outcome.Report.Blocks; len(b) != 1 || b[0].Block != "disclaimer" || strings.Contains(out, "<sig.") {
		t.Errorf("%+v\n%s", s.outcome.Report, out)
	}
}

// A message that comes round without its guard is signed again as it was: the
// token on it is its own, not that of a thread.
func TestThreadTokenOnASecondPass(t *testing.T) {
	unguarded := func(e *engine.Engine, s *shelf) { sealed(e, s); e.Policy.Guard = "X-Other-Guard" }
	for name, fields := range map[string]string{"new": "Message-ID: <1@contoso.com>\n", "reply": "Subject: Re: x\nReferences: <0@x>\n"} {
		first, _, _ := once(t, newEngine(sealed), fields+hello)
		again, s, _ := once(t, newEngine(unguarded), first)
		if b := s.outcome.Report.Blocks; len(b) != 1 || b[0].Template != "corporate" || len(s.outcome.Splices) > 0 {
			t.Errorf("%s: %+v", name, s.outcome.Report)
		}
		if _, refs := fieldsOf(again); strings.Count(strings.Join(refs, ""), "<sig.") != 1 {
			t.Errorf("%s: %q", name, refs)
		}
	}
}

func withOptOut(e *engine.Engine, _ *shelf) { e.Policy.Rules[0].OptOut = []string{"#nosig"} }
