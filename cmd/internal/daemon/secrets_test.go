package daemon

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"sigmilter/milter/miltertest"
)

// The daemon shows no secret, neither its own nor one that somebody guessed, in its
// log, metrics and status, and lets none out with a message.
func TestDaemonKeepsSecrets(t *testing.T) {
	const secretKey = "bm90IGEgc2VjcmV0LCBvbmx5IGEga2V5IGZvciB0ZXN0cw=="
	const code, guess = "c0de-of-contoso-0123456789abcdef", "guess-of-somebody-0123456789abcd"
	r := newRunning(t, "[tenant.contoso]\n", "log.level = \"debug\"\nguard.key_file = \"guard.key\"\n[tenant.contoso]\nrouting_code_file = \"code\"\n")
	r.Write("guard.key", secretKey+"\n")
	r.Write("code", code+"\n")
	r.begin()
	mta := r.Dial()
	for _, c := range []string{code, guess, "x" + code} {
		result, err := mta.Send(miltertest.Envelope{Sender: "alice@contoso.com"}, []byte("X-Sigmilter-Route: "+c+"\nMessage-ID: <1@contoso.com>\nFrom: Alice <alice@contoso.com>\nTo: ben@example.net\nSubject: Meters\n\nThursday is fine.\n"))
		if err != nil {
			t.Fatal(err)
		}
		if !result.Accepted || bytes.Contains(result.Raw, []byte(c)) {
			t.Errorf("a code leaves with the message: %s", result.Raw)
		}
	}
	if err := mta.Quit(); err != nil {
		t.Error(err)
	}
	if _, err := r.daemon.Reload(); err != nil {
		t.Error(err)
	}
	families, err := r.daemon.metrics.Gatherer(r.daemon).Gather()
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%+v\n%v\n", r.Status(), families)
	r.stop()
	shown += r.Log.String()
	for _, want := range []string{"reason=unproven", "action=signed", "sigmilter_"} {
		if !strings.Contains(shown, want) {
			t.Fatalf("%s is not in what the daemon shows: %s", want, shown)
		}
	}
	for _, secret := range []string{code, guess, secretKey} {
		if strings.Contains(shown, secret) {
			t.Errorf("%s is in what the daemon shows: %s", secret, shown)
		}
	}
}
