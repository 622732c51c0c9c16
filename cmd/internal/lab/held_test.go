package lab

import (
	"testing"
)

// The stand-in as its own relay, as above.
func TestHeldMessage(t *testing.T) {
	cloud := startCloud(t)
	cloud.SetRelay(cloud.Addr())
	m := Samples[0].Outgoing()
	m.Raw = append([]byte(Guard+": Yes\r\n"), m.Raw...)
	h, err := cloud.Hold(m)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(cloud.Arrivals()); n > 0 {
		t.Fatal("half a message arrived")
	}
	ctx := timeout(t)
	if refused, err := h.Finish(ctx); refused || err != nil {
		t.Fatalf("refused %v, %v", refused, err)
	}
	if err := cloud.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if a := cloud.Arrivals()[0]; a.MessageID != Samples[0].MessageID() || a.Passes != 1 {
		t.Errorf("message %s, %d passes", a.MessageID, a.Passes)
	}
	if _, err := cloud.Hold(m); err == nil {
		t.Error("the same Message-ID again")
	}
}

// A relay that went away in the middle: the message is sent again as a whole.
func TestHeldMessageIsSentAgain(t *testing.T) {
	relay, cloud := startCloud(t), startCloud(t)
	cloud.SetRelay(relay.Addr())
	m := Samples[0].Outgoing()
	m.Raw = append([]byte(Guard+": Yes\r\n"), m.Raw...)
	h, err := cloud.Hold(m)
	if err != nil {
		t.Fatal(err)
	}
	relay.Stop()
	cloud.SetRelay(cloud.Addr())
	if refused, err := h.Finish(timeout(t)); !refused || err != nil {
		t.Fatalf("refused %v, %v", refused, err)
	}
	if n := len(cloud.Arrivals()); n != 1 {
		t.Errorf("%d arrivals", n)
	}
}
