package lab

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startSendmailLab is a Cloud before and behind a private Sendmail.
func startSendmailLab(t *testing.T, milter string) (*Cloud, *Sendmail) {
	t.Helper()
	RequireSendmail(t)
	cloud := startCloud(t)
	sendmail, err := StartSendmail(TestSafeDir(t), SendmailOptions{Milter: milter, NextHop: cloud.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sendmail.Stop)
	cloud.SetRelay(sendmail.Addr())
	return cloud, sendmail
}

func TestSendmailHandsEveryByteOn(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(TestSafeDir(t), "m.sock")
	startFilter(t, socket, "only")
	cloud, sendmail := startSendmailLab(t, "unix:"+socket)
	ctx := timeout(t)
	expected := map[string]Sample{}
	var messages []Outgoing
	for _, s := range Samples {
		if s.Action == "handled" {
			continue // would carry the guard twice: the lab's filter does not look
		}
		s := stamped(t, s.Name)
		m, id := s.Copy(1)
		expected[id] = s
		messages = append(messages, m)
	}
	if err := cloud.SendAll(ctx, messages, 4); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Wait(ctx, len(messages)); err != nil {
		t.Fatal(err)
	}
	for _, a := range cloud.Arrivals() {
		a.Raw = []byte(strings.Replace(string(a.Raw), "X-Lab-Filter: only\r\n", "", 1))
		if err := Check(expected[a.MessageID], a); err != nil {
			t.Errorf("%s: %v\n%s", a.MessageID, err, a.Raw)
		}
		if id, err := a.QueueID(); err != nil || id == "" {
			t.Errorf("%s: queue id %q, %v", a.MessageID, id, err)
		}
		delete(expected, a.MessageID)
	}
	if len(expected) > 0 {
		t.Errorf("did not arrive: %v", expected)
	}
	// Sendmail has the answer of the next hop before it takes a message from its queue.
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		queue, err := sendmail.Queue()
		if err != nil {
			t.Fatal(err)
		}
		if len(queue) == 0 {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("queue after delivery: %v", queue)
		}
	}
}

func TestSendmailRefusesWhileFilterIsAway(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(TestSafeDir(t), "m.sock")
	cloud, _ := startSendmailLab(t, "unix:"+socket)
	ctx := timeout(t)
	m, _ := Samples[0].Copy(1)
	sent := make(chan error, 1)
	go func() { sent <- cloud.Send(ctx, m) }()
	if err := cloud.WaitDeferred(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if n := len(cloud.Arrivals()); n > 0 {
		t.Fatalf("%d messages arrived without the filter", n)
	}
	startFilter(t, socket, "late")
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if err := cloud.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
}

func TestSendmailQueueListsWhatIsDeferred(t *testing.T) {
	t.Parallel()
	RequireSendmail(t)
	cloud := startCloud(t)
	sendmail, err := StartSendmail(TestSafeDir(t), SendmailOptions{NextHop: deadEnd(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sendmail.Stop)
	cloud.SetRelay(sendmail.Addr())
	if err := cloud.Send(timeout(t), Samples[0].Outgoing()); err != nil {
		t.Fatal(err)
	}
	if err := sendmail.Flush(); err != nil {
		t.Fatal(err)
	}
	queue, err := sendmail.Queue()
	if err != nil {
		t.Fatal(err)
	}
	if len(queue) != 1 || queue[0].Sender != Samples[0].From || len(queue[0].Recipients) != 1 ||
		queue[0].Recipients[0].Address != Samples[0].To[0] || queue[0].QueueID == "" {
		t.Errorf("queue %+v, want the one message of %s", queue, Samples[0].From)
	}
}

func TestControlFile(t *testing.T) {
	q := readControlFile("V8\nT1792000000\nMDeferred: Connection refused by [127.0.0.1]\nS<alice@contoso.com>\n" +
		"rRFC822; ben@fabrikam.example\nRPFD:<ben@fabrikam.example>\nH??From: Alice\n.\n")
	if q.Sender != "alice@contoso.com" || len(q.Recipients) != 1 || q.Recipients[0].Address != "ben@fabrikam.example" ||
		q.Recipients[0].DelayReason != "Deferred: Connection refused by [127.0.0.1]" {
		t.Errorf("got %+v", q)
	}
}

func TestSendmailNamesFiltersItsOwnWay(t *testing.T) {
	for spec, want := range map[string]string{
		"":                    "",
		"unix:/run/x.sock":    "S=unix:/run/x.sock,",
		"inet:127.0.0.1:8891": "S=inet:8891@127.0.0.1,",
	} {
		if got := inputMailFilter(spec); !strings.Contains(got, want) || spec == "" && got != "" {
			t.Errorf("%q becomes %q, want %q in it", spec, got, want)
		}
	}
}

func TestNoSendmail(t *testing.T) {
	t.Setenv(sendmailRoot, t.TempDir())
	if _, err := findSendmail(Installed); !errors.Is(err, ErrNoSendmail) || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("error %v, want ErrNoSendmail and what to do", err)
	}
}
