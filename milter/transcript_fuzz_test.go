package milter

import (
	"strings"
	"testing"

	"sigmilter/milter/engine"
)

// transcriptPackets are those an MTA sends, from which a fuzzed transcript is put together.
// The first are the course of a whole message.
var transcriptPackets = []string{
	"DMi\x004XQ1\x00", "Manna@contoso.com\x00", "Rc@partner.example\x00",
	"LFrom\x00Anna <anna@contoso.com>\x00", "LSubject\x00Hello\x00", "N", "BHello,\r\nsee you.\r\n", "E",
	"A", "K", "C4\x00mail.example.org\x00", "Hmail.example.org\x00", "DC{daemon_name}\x00x\x00", "T",
	"LContent-Type\x00multipart/mixed; boundary=b\x00", "B--b\r\n\r\nHello\r\n--b--\r\n", "LX-Guard\x00Yes\x00", "L\x00\x00", "B", "M\x00", "R\x00",
	"LX-Long\x00" + strings.Repeat("x", 3000) + "\x00", "B" + strings.Repeat("0123456789\r\n", 500), "DE", "Lno end",
}

// FuzzTranscript: packets in any order, each cut short or not, to the engine itself
// with small limits. Each byte is a packet: its value the index, above 128 the packet
// less its last byte. The session ends in order, and what it says is what a milter
// may say. Seeds are in testdata/fuzz.
func FuzzTranscript(f *testing.F) {
	f.Fuzz(func(t *testing.T, order []byte) {
		signer := newEngine(func(e *engine.Engine, _ *shelf) {
			e.Policy.Rules[0].Enforce, e.OnError, e.TextBytes = true, engine.Continue, 4000
		})
		h := newServer(t, signer, Options{
			MemoryBytes: 64, AllMemory: 32, SpoolBytes: 8000, MaxBytes: 20_000, HeaderFields: 6, HeaderBytes: 4000,
			IdleTimeout: patience, TempDir: t.TempDir(),
		})
		raw := transcript("O")
		for _, b := range order[:min(len(order), 100)] {
			p := transcriptPackets[int(b&127)%len(transcriptPackets)]
			if b > 127 {
				p = p[:max(1, len(p)-1)]
			}
			raw = append(raw, transcript(p)...)
		}
		for _, p := range h.exchange(raw) {
			if p == "" || !strings.Contains("Ohmbcat", p[:1]) {
				t.Errorf("packet %q", p)
			}
		}
		h.noPanic()
		if used := h.server.memory.Used() + h.server.disk.Used(); used != 0 {
			t.Errorf("%d bytes of bodies are still taken", used)
		}
		for _, m := range h.messages() {
			if r := m.outcome.Report; r.Action == "" || r.Reason == "" || r.Reason == string(engine.ReasonPanic) {
				t.Errorf("report %+v", r)
			}
		}
	})
}
