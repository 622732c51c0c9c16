package milter

import (
	"path/filepath"
	"testing"

	"sigmilter/milter/engine"
	"sigmilter/milter/engine/enginetest"
	"sigmilter/milter/entity"
	"sigmilter/milter/miltertest"
	"sigmilter/milter/policy"
)

// sessionReasons are those that a session comes to by what the MTA does, or by its limits.
var sessionReasons = map[policy.Reason]func(t *testing.T) engine.Report{
	policy.NullSender: func(t *testing.T) engine.Report {
		h := start(t, newEngine(), Options{})
		mta := h.dial()
		h.send(mta, miltertest.Envelope{}, hello)
		h.quit(mta)
		return h.only().outcome.Report
	},
	policy.Loop: func(t *testing.T) engine.Report {
		h := start(t, newEngine(func(e *engine.Engine, _ *shelf) { e.Policy.MaxPasses, e.OnLoop = 1, engine.Tempfail }), Options{})
		mta := h.dial()
		h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, received(1)+hello)
		h.quit(mta)
		return h.only().outcome.Report
	},
	engine.ReasonSpool: func(t *testing.T) engine.Report {
		h := start(t, newEngine(), Options{TempDir: filepath.Join(t.TempDir(), "none"), MemoryBytes: 3})
		mta := h.dial()
		h.send(mta, miltertest.Envelope{Sender: "anna@contoso.com"}, hello)
		h.quit(mta)
		return h.only().outcome.Report
	},
	engine.ReasonReplay: func(t *testing.T) engine.Report {
		h := start(t, script{finish: func(m *engine.Message) engine.Outcome {
			m.Body = enginetest.LostBody{Body: m.Body}
			return stamp(entity.Splice{})
		}}, Options{})
		mta := h.dial()
		h.send(mta, miltertest.Envelope{}, hello)
		h.quit(mta)
		return h.only().outcome.Report
	},
	engine.ReasonHeaderBig: func(t *testing.T) engine.Report {
		h := start(t, newEngine(), Options{HeaderFields: 3})
		mta := h.dial()
		h.send(mta, miltertest.Envelope{}, hello)
		h.quit(mta)
		return h.only().outcome.Report
	},
	engine.ReasonEdit: func(t *testing.T) engine.Report {
		wrong := stamp(entity.Splice{Start: 1 << 20, End: 1 << 20})
		h := start(t, script{finish: func(*engine.Message) engine.Outcome { return wrong }}, Options{})
		mta := h.dial()
		h.send(mta, miltertest.Envelope{}, hello)
		h.quit(mta)
		return h.only().outcome.Report
	},
	engine.ReasonSequence: func(t *testing.T) engine.Report {
		h := start(t, newEngine(), Options{})
		mta := h.dial()
		h.begin(mta, "anna@contoso.com")
		_, reply, err := mta.EndOfMessage()
		h.want(miltertest.Tempfail)(reply, err)
		h.quit(mta)
		return h.only().outcome.Report
	},
}

func TestSessionReasons(t *testing.T) {
	for reason, play := range sessionReasons {
		t.Run(string(reason), func(t *testing.T) {
			want := engine.Failed
			if reason == policy.NullSender {
				want = engine.Skipped
			}
			if r := play(t); r.Action != want || r.Reason != string(reason) {
				t.Errorf("%s because of %s", r.Action, r.Reason)
			}
		})
	}
}
