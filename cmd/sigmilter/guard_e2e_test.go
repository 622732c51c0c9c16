package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigmilter/cmd/internal/lab"
)

// sealedGuard is the field of a handled message where there is a key.
func sealedGuard(field string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^` + field + `: Yes v2\.[0-9]+\.[A-Za-z0-9_-]{22}\r$`)
}

// withKey gives a site a key, and further settings of the guard.
func withKey(t *testing.T, settings string) func(lab.Site) {
	return func(site lab.Site) {
		t.Helper()
		text, err := os.ReadFile(site.Config)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, "\n[guard]\nkey_file = \"guard.key\"\n"+settings...)
		if err := os.WriteFile(site.Config, text, 0o644); err != nil {
			t.Fatal(err)
		}
		key := filepath.Join(filepath.Dir(site.Config), "guard.key")
		if err := os.WriteFile(key, []byte("the key of the lab, long enough\n"), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

// misspelt is a field that the transport rule does not look at.
const misspelt = "X-Misspelt"

// With a key a message is signed on one pass, also one that comes with a guard
// somebody else made, by the word of which no relay lets it through.
func TestSealedGuardOnPostfix(t *testing.T) {
	r := startRelayWith(t, lab.PostfixOptions{}, withKey(t, ""))
	messages, expected := lab.Load(10)
	for i := range messages[:8] {
		forged := []string{"Yes", "True", "Yes v2.1795248000.AAAAAAAAAAAAAAAAAAAAAA", "Yes, by another"}[i%4]
		messages[i].Raw = append([]byte(lab.Guard+": "+forged+"\r\n"), messages[i].Raw...)
	}
	if err := r.cloud.SendAll(r.ctx, messages, 2); err != nil {
		t.Fatal(err)
	}
	r.checkLoad(expected)
	seals := map[string]bool{}
	for _, a := range r.cloud.Arrivals() {
		seals[string(sealedGuard(lab.Guard).Find(a.Raw))] = true
	}
	if len(seals) != len(messages) || seals[""] {
		t.Errorf("%d seals of %d messages", len(seals), len(messages))
	}
	for _, a := range r.cloud.Arrivals() { // the line comes a moment after the answer
		if _, err := r.daemon.Record(r.ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(r.daemon.Log(), `"guard":"not-ours"`); n != 8 {
		t.Errorf("the log tells of %d forged guards, want 8", n)
	}
	if strings.Contains(r.daemon.Log(), "key of the lab") {
		t.Error("the key is in the log")
	}
}

// A transport rule that excepts another field than the guard sends everything round again.
// The message is signed once and handled until it may come no more; then it is held.
func TestLoopIsHeldOnPostfix(t *testing.T) {
	r := startRelayWith(t, lab.PostfixOptions{}, withKey(t, "field = \""+misspelt+"\"\n"))
	messages, _ := lab.Load(1)
	if err := r.cloud.Send(r.ctx, messages[0]); err != nil {
		t.Fatal(err)
	}
	if err := r.cloud.WaitDeferred(r.ctx, 2); err != nil {
		t.Fatal(err)
	}
	log := r.daemon.Log()
	for what, want := range map[string]int{`"action":"signed"`: 1, `"action":"handled"`: 2} {
		if n := strings.Count(log, what); n != want {
			t.Errorf("%d times %s, want %d", n, what, want)
		}
	}
	for _, want := range []string{"message goes in circles", `"relay":"relay.lab.example","passes":4,"most":3`, `"action":"failed","reason":"loop"`} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log:\n%s", want, log)
		}
	}
	if n := len(r.cloud.Arrivals()); n > 0 {
		t.Errorf("%d messages got away", n)
	}
}

// With on_loop = "pass" it goes on, as it is, and the guard vouches for nothing.
func TestLoopPassesOnPostfix(t *testing.T) {
	r := startRelayWith(t, lab.PostfixOptions{}, withKey(t, "field = \""+misspelt+"\"\nmax_passes = 2\non_loop = \"pass\"\n"))
	messages, expected := lab.Load(1)
	if err := r.cloud.Send(r.ctx, messages[0]); err != nil {
		t.Fatal(err)
	}
	a := r.wait(1)[0]
	if a.Passes != lab.MaxPasses || !bytes.Contains(a.Raw, []byte(misspelt+": Yes unsealed\r\n")) || bytes.Count(a.Raw, []byte(misspelt+":")) != 1 {
		t.Errorf("after %d passes:\n%s", a.Passes, a.Raw)
	}
	leaves, err := lab.Leaves(a.Raw)
	if err != nil || len(leaves) == 0 {
		t.Fatal(leaves, err)
	}
	name, _, _ := strings.Cut(lab.Signatures[expected[a.MessageID].From], " ")
	if !strings.Contains(leaves[0].Text, name) {
		t.Errorf("the signature is not in %q", leaves[0].Text)
	}
	if n := strings.Count(r.daemon.Log(), `"action":"skipped","reason":"loop"`); n != lab.MaxPasses-2 {
		t.Errorf("%d passes are told as a loop, want %d", n, lab.MaxPasses-2)
	}
}
