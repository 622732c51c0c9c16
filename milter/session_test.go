package milter

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	gomilter "github.com/emersion/go-milter"

	"sigmilter/milter/engine"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
)

const simple = "Subject: one\nFrom: a@example.org\n\nHello,\nworld.\n"

func TestMessageIsCollected(t *testing.T) {
	h := start(t, script{finish: func(*engine.Message) engine.Outcome { return stamp(entity.Splice{New: []byte("Dear all,\r\n")}) }}, Options{})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{
		Sender:     "a@example.org",
		Recipients: []string{"b@example.net", "c@example.net"},
		QueueID:    "4XQ1",
		Macros:     map[string]string{"auth_authen": "alice"},
	}, "Subject: one\nTo: b,\n c\n\nHello,\nworld.\n")
	h.quit(mta)

	if want := crlf("Subject: one\nTo: b,\n c\nX-Guard: Yes\n\nDear all,\nHello,\nworld.\n"); string(result.Raw) != want {
		t.Errorf("passed on %q, want %q", result.Raw, want)
	}
	got := h.only()
	if got.Sender != "a@example.org" || !slices.Equal(got.Recipients, []string{"b@example.net", "c@example.net"}) {
		t.Errorf("envelope %q %q", got.Sender, got.Recipients)
	}
	if got.QueueID != "4XQ1" || got.Session == "" || got.Macros["auth_authen"] != "alice" {
		t.Errorf("queue %q, session %q, macros %v", got.QueueID, got.Session, got.Macros)
	}
	if want := (entity.Header{{Name: "Subject", Value: "one"}, {Name: "To", Value: "b,\n c"}}); !slices.Equal(got.Header, want) {
		t.Errorf("header %q, want %q", got.Header, want)
	}
	if string(got.body) != "Hello,\r\nworld.\r\n" || got.Size != 16 || got.Tree == nil || got.TreeErr != nil {
		t.Errorf("body %q, size %d, tree %v, %v", got.body, got.Size, got.Tree, got.TreeErr)
	}
}

// fresh checks that a message has nothing of one before it.
func fresh(t *testing.T, m finished) {
	t.Helper()
	if m.Sender != "second@example.org" || !slices.Equal(m.Recipients, []string{"two@example.net"}) {
		t.Errorf("envelope %q %q", m.Sender, m.Recipients)
	}
	if want := (entity.Header{{Name: "Subject", Value: "two"}}); !slices.Equal(m.Header, want) {
		t.Errorf("header %q", m.Header)
	}
	if string(m.body) != "second\r\n" || m.Size != 8 {
		t.Errorf("body %q, size %d", m.body, m.Size)
	}
	for name, value := range m.Macros {
		if strings.Contains(value, "first") || strings.Contains(name, "first") {
			t.Errorf("macro %s=%s is of the first message", name, value)
		}
	}
	if m.Macros["client_addr"] != "192.0.2.1" || m.Macros["client_name"] != "client.example.org" ||
		m.Macros["s"] != "client.example.org" || m.Macros["j"] != "mta.example.org" {
		t.Errorf("data of connect and HELO are missing: %v", m.Macros)
	}
}

var (
	firstEnvelope  = miltertest.Envelope{Sender: "first@example.org", Recipients: []string{"one@example.net"}, QueueID: "first", Macros: map[string]string{"first": "1"}}
	secondEnvelope = miltertest.Envelope{Sender: "second@example.org", Recipients: []string{"two@example.net"}, QueueID: "second"}
)

const (
	firstRaw  = "Subject: first\nX-First: 1\n\nfirst\n"
	secondRaw = "Subject: two\n\nsecond\n"
)

func TestTwoMessagesOnOneConnection(t *testing.T) {
	for name, first := range map[string]script{
		"continued":                  {},
		"without body":               at(engine.SkipBody),
		"accepted at end-of-headers": at(engine.AcceptNow),
		"tempfailed":                 {finish: func(*engine.Message) engine.Outcome { return engine.Outcome{Reply: engine.Tempfail} }},
		"rejected":                   {finish: func(*engine.Message) engine.Outcome { return engine.Outcome{Reply: engine.Reject} }},
		"panicking":                  {finish: func(*engine.Message) engine.Outcome { panic("script") }},
	} {
		t.Run(name, func(t *testing.T) {
			signers := []signer{first, script{}}
			h := start(t, nil, Options{Begin: func(m *engine.Message) Work {
				s := signers[0]
				signers = signers[1:]
				return s.begin(m)
			}})
			mta := h.dial()
			h.send(mta, firstEnvelope, firstRaw)
			h.send(mta, secondEnvelope, secondRaw)
			h.quit(mta)
			all := h.messages()
			if len(all) != 2 {
				t.Fatalf("%d messages", len(all))
			}
			fresh(t, all[1])
			if all[0].Session != all[1].Session {
				t.Error("the session's id changed")
			}
		})
	}
}

func TestAbortAtEveryStage(t *testing.T) {
	type play = func(*harness, *miltertest.MTA)
	stages := []struct {
		name string
		play play
	}{
		{"mail", func(h *harness, m *miltertest.MTA) {
			m.Macros(miltertest.AtMail, "{first}", "1", "i", "first")
			h.want(miltertest.NoReply)(m.Mail("first@example.org"))
		}},
		{"rcpt", func(h *harness, m *miltertest.MTA) { h.want(miltertest.NoReply)(m.Rcpt("one@example.net")) }},
		{"header", func(h *harness, m *miltertest.MTA) { h.want(miltertest.NoReply)(m.Header("X-First", "1")) }},
		{"end-of-headers", func(h *harness, m *miltertest.MTA) { h.want(miltertest.Continue)(m.EndOfHeaders()) }},
		{"body", func(h *harness, m *miltertest.MTA) { h.want(miltertest.NoReply)(m.Body([]byte("first\r\n"))) }},
		{"macros", func(_ *harness, m *miltertest.MTA) { m.Macros(miltertest.AtEndOfMessage, "i", "first") }},
	}
	for n := range len(stages) + 1 {
		for _, abort := range []bool{true, false} {
			t.Run(fmt.Sprintf("%d stages, abort %v", n, abort), func(t *testing.T) {
				h := start(t, script{}, Options{})
				mta := h.dial()
				mta.Macros(miltertest.AtConnect, "j", "mta.example.org")
				h.want(miltertest.NoReply)(mta.Connect("client.example.org", "192.0.2.1", 1))
				h.want(miltertest.NoReply)(mta.Helo("client.example.org"))
				for _, stage := range stages[:n] {
					stage.play(h, mta)
				}
				if abort {
					if err := mta.Abort(); err != nil {
						t.Fatal(err)
					}
				}
				h.send(mta, secondEnvelope, secondRaw)
				h.quit(mta)
				fresh(t, h.only())
			})
		}
	}
}

// TestMacrosOfTheLastMessage: an MTA that has no macros for a stage sends no
// packet, and the library would show those of the message before.
func TestMacrosOfTheLastMessage(t *testing.T) {
	h := start(t, script{}, Options{})
	mta := h.dial()
	h.send(mta, firstEnvelope, firstRaw)
	h.begin(mta, "second@example.org")
	h.complete(mta, "x\r\n")
	second := h.messages()[1]
	if second.QueueID != "" || second.Macros["first"] != "" || second.Macros["mail_addr"] != "" {
		t.Errorf("queue %q, macros %v", second.QueueID, second.Macros)
	}
}

func TestAcceptAtEndOfHeaders(t *testing.T) {
	h := start(t, script{
		head: func(*engine.Message) engine.Stage { return engine.AcceptNow },
		finish: func(m *engine.Message) engine.Outcome {
			o := stamp()
			o.Reply, o.Report = engine.Reject, engine.Report{Action: engine.Handled, Reason: "guard"}
			return o
		},
	}, Options{})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{}, simple)
	if !result.Accepted || string(result.Raw) != crlf(simple) || len(result.Modifications) != 0 {
		t.Errorf("%+v", result)
	}
	if want := []miltertest.StageReply{{Stage: miltertest.AtEndOfHeaders, Reply: miltertest.Accept}}; !slices.Equal(result.Replies, want) {
		t.Errorf("replies %v", result.Replies)
	}
	if got := h.only().outcome; got.Report.Action != engine.Handled || got.Reply != engine.Continue || got.Fields != nil {
		t.Errorf("reported %+v", got)
	}
	h.quit(mta)
}

func TestBodyNotKept(t *testing.T) {
	body := strings.Repeat("0123456789abcdef", 10000)
	for name, c := range map[string]struct {
		signer script
		opts   Options
	}{
		"not wanted": {at(engine.SkipBody), Options{}},
		"too large":  {at(engine.WantBody), Options{MaxBytes: 100000}},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, c.signer, c.opts)
			mta := h.dial()
			result := h.send(mta, miltertest.Envelope{}, "Subject: s\n\n"+body)
			h.quit(mta)
			got := h.only()
			if got.Message.Body != nil || got.Tree != nil || got.Size != int64(len(body)+2) {
				t.Errorf("body %v, tree %v, size %d", got.Message.Body, got.Tree, got.Size)
			}
			if string(result.Raw) != "Subject: s\r\n\r\n"+body+"\r\n" {
				t.Error("the body is not as it came")
			}
		})
	}
}

func TestLimitOfTheScanner(t *testing.T) {
	raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--\n"
	h := start(t, script{}, Options{Limits: entity.Limits{Parts: 2}})
	mta := h.dial()
	h.send(mta, miltertest.Envelope{}, raw)
	h.quit(mta)
	if got := h.only(); got.TreeErr == nil || got.Tree != nil || got.body == nil {
		t.Errorf("tree %v, %v, body %q", got.Tree, got.TreeErr, got.body)
	}
}

func TestBodyInAFile(t *testing.T) {
	dir := t.TempDir()
	body := make([]byte, 3<<20)
	for i := range body {
		body[i] = "0123456789abcdefghijklmnopqrstuvwxyz\r\n"[i%38]
	}
	body = append(bytes.TrimSuffix(body, []byte("\r")), '\r', '\n')
	splices := []entity.Splice{
		{Start: 0, End: 0, New: []byte("top\r\n")},
		{Start: 1 << 20, End: 1<<20 + 5, New: []byte("middle")},
		{Start: int64(len(body)), End: int64(len(body)), New: []byte("end\r\n")},
	}
	h := start(t, script{finish: func(m *engine.Message) engine.Outcome {
		if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
			t.Errorf("the folder has %v, %v", files, err)
		}
		return stamp(splices...)
	}}, Options{TempDir: dir, MemoryBytes: 100_000})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{}, "Subject: s\r\n\r\n"+string(body))
	h.quit(mta)
	var want bytes.Buffer
	want.WriteString("Subject: s\r\nX-Guard: Yes\r\n\r\n")
	if err := entity.WritePatched(&want, bytes.NewReader(body), int64(len(body)), splices); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(result.Raw, want.Bytes()) {
		t.Error("the patched body is not what the splices say")
	}
	if got := h.only(); !bytes.Equal(got.body, body) {
		t.Error("the body that was kept is not the one that was sent")
	}
}

func TestBodyCannotBeWritten(t *testing.T) {
	h := start(t, script{finish: func(*engine.Message) engine.Outcome {
		t.Error("Finish was asked")
		return engine.Outcome{}
	}}, Options{TempDir: t.TempDir() + "/none", MemoryBytes: 10})
	mta := h.dial()
	result := h.send(mta, miltertest.Envelope{}, simple)
	h.quit(mta)
	if got := h.only().outcome; !result.Tempfailed || got.Reply != engine.Tempfail || got.Report.Action != engine.Failed || got.Report.Reason != "spool" {
		t.Errorf("%+v, %+v", result, got)
	}
}

func TestReplies(t *testing.T) {
	for reply, want := range map[engine.Reply]miltertest.Reply{
		engine.Continue: miltertest.Continue,
		engine.Tempfail: miltertest.Tempfail,
		engine.Reject:   miltertest.Reject,
		engine.Reply(9): miltertest.Tempfail,
	} {
		h := start(t, script{finish: func(*engine.Message) engine.Outcome {
			o := stamp(entity.Splice{New: []byte("x")})
			o.Reply = reply
			return o
		}}, Options{})
		mta := h.dial()
		result := h.send(mta, miltertest.Envelope{}, simple)
		h.quit(mta)
		if got := result.Replies[len(result.Replies)-1].Reply; got != want {
			t.Errorf("reply %d: %s, want %s", reply, got, want)
		}
		if edited := len(result.Modifications) > 0; edited != (reply == engine.Continue) {
			t.Errorf("reply %d: modifications %v", reply, result.Modifications)
		}
	}
}

func TestPanic(t *testing.T) {
	const secret = "the author's own text"
	boom := func() { panic(secret) }
	index := func() { _ = []int{}[len(secret)] }
	for name, c := range map[string]struct {
		opts Options
		script
		logged string
	}{
		"head":    {script: script{head: func(*engine.Message) engine.Stage { boom(); return engine.WantBody }}, logged: "in stage end-of-headers: string"},
		"finish":  {script: script{finish: func(*engine.Message) engine.Outcome { index(); return engine.Outcome{} }}, logged: "index out of range"},
		"accept":  {script: script{head: func(*engine.Message) engine.Stage { return engine.AcceptNow }, finish: func(*engine.Message) engine.Outcome { boom(); return engine.Outcome{} }}, logged: "in stage end-of-headers"},
		"begin":   {opts: Options{Begin: func(*engine.Message) Work { boom(); return nil }}, logged: "in stage mail"},
		"no edit": {script: script{finish: func(m *engine.Message) engine.Outcome { m.Header = nil; boom(); return stamp() }}, logged: "in stage end-of-message"},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, c.script, c.opts)
			mta := h.dial()
			result := h.send(mta, miltertest.Envelope{QueueID: "4XQ1"}, "Subject: s\n\n"+secret+"\n")
			h.quit(mta)
			if got := h.only().outcome; !result.Tempfailed || got.Reply != engine.Tempfail || got.Report.Action != engine.Failed || got.Report.Reason != "panic" {
				t.Errorf("%+v, %+v", result, got)
			}
			log := h.log.String()
			if !strings.Contains(log, c.logged) || !strings.Contains(log, "session="+h.only().Session) || !strings.Contains(log, "stack=") {
				t.Errorf("logged %s", log)
			}
			if strings.Contains(log, secret) {
				t.Errorf("message text in the log: %s", log)
			}
		})
	}
}

func TestPanicInDone(t *testing.T) {
	h := start(t, script{}, Options{Done: func(*engine.Message, engine.Outcome, time.Duration) { panic("script") }})
	mta := h.dial()
	for range 2 {
		if result := h.send(mta, miltertest.Envelope{}, simple); !result.Accepted {
			t.Errorf("%+v", result)
		}
	}
	h.quit(mta)
}

func TestEndOfMessageOutOfSequence(t *testing.T) {
	h := start(t, script{}, Options{})
	mta := h.dial()
	_, reply, err := mta.EndOfMessage()
	h.want(miltertest.Continue)(reply, err)
	h.begin(mta, "a@example.org")
	_, reply, err = mta.EndOfMessage()
	h.want(miltertest.Tempfail)(reply, err)
	if got := h.only().outcome.Report; got.Action != engine.Failed || got.Reason != "sequence" {
		t.Errorf("reported %+v", got)
	}
	h.quit(mta)
}

// TestEndOfHeadersTwice: the second one must not ask again.
func TestEndOfHeadersTwice(t *testing.T) {
	asked := 0
	h := start(t, script{head: func(*engine.Message) engine.Stage { asked++; return engine.WantBody }}, Options{})
	mta := h.dial()
	h.begin(mta, "a@example.org")
	h.want(miltertest.Continue)(mta.EndOfHeaders())
	h.want(miltertest.NoReply)(mta.Body([]byte("x")))
	h.complete(mta, "y")
	if got := h.only(); string(got.body) != "xy" || asked != 1 {
		t.Errorf("body %q, asked %d times", got.body, asked)
	}
	h.quit(mta)
}

// TestHeaderOfTheLibrary: its map would grow for as long as the connection lasts.
func TestHeaderOfTheLibrary(t *testing.T) {
	ours, theirs := net.Pipe()
	defer ours.Close()
	s := newSession("id", newConn(theirs, patience, patience, slog.Default()), &Options{}, slog.Default())
	fields := textproto.MIMEHeader{"Subject": {"s"}}
	if _, err := s.Headers(fields, &gomilter.Modifier{}); err != nil || len(fields) != 0 {
		t.Errorf("header %v, %v", fields, err)
	}
}
