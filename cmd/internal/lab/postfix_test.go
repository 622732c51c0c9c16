package lab

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stamped is a sample with the expectations of a message that is only stamped, which
// is what the lab's own filter does.
func stamped(t *testing.T, name string) Sample {
	t.Helper()
	i := slices.IndexFunc(Samples, func(s Sample) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("no sample %s", name)
	}
	s := Samples[i]
	s.Action = "skipped"
	return s
}

func TestPostfixHandsEveryByteOn(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(TestDir(t), "m.sock")
	startFilter(t, socket, "only")
	cloud, postfix := startLab(t, PostfixOptions{Milter: "unix:" + socket})
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
			t.Errorf("%s: %v", a.MessageID, err)
		}
		if id, err := a.QueueID(); err != nil || id == "" {
			t.Errorf("%s: queue id %q, %v", a.MessageID, id, err)
		}
		delete(expected, a.MessageID)
	}
	if len(expected) > 0 {
		t.Errorf("did not arrive: %v", expected)
	}
	if queue, err := postfix.Queue(); err != nil || len(queue) > 0 {
		t.Errorf("queue after delivery: %v, %v", queue, err)
	}
}

func TestPostfixPortsHaveTheirOwnFilters(t *testing.T) {
	t.Parallel()
	dir := TestDir(t)
	first, second := filepath.Join(dir, "1.sock"), filepath.Join(dir, "2.sock")
	startFilter(t, first, "first")
	startFilter(t, second, "second")
	cloud, postfix := startLab(t, PostfixOptions{
		Milter: "unix:" + first,
		Ports:  []Port{{Milter: "unix:" + second, Settings: map[string]string{"smtpd_banner": "second port"}}},
	})
	for i, want := range []string{"first", "second"} {
		cloud.SetRelay(postfix.Addrs()[i])
		m, id := Samples[0].Copy(i)
		ctx := timeout(t)
		if err := cloud.Send(ctx, m); err != nil {
			t.Fatal(err)
		}
		if err := cloud.Wait(ctx, i+1); err != nil {
			t.Fatal(err)
		}
		a := cloud.Arrivals()[i]
		if got := fieldValues(a.Raw, "X-Lab-Filter"); a.MessageID != id || !slices.Equal(got, []string{want}) {
			t.Errorf("port %d: message %s stamped %q, want %s stamped %s", i, a.MessageID, got, id, want)
		}
	}
}

func TestPostfixRefusesWhileFilterIsAway(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(TestDir(t), "m.sock")
	cloud, _ := startLab(t, PostfixOptions{Milter: "unix:" + socket})
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

func TestWithoutGuardMessageGoesRound(t *testing.T) {
	t.Parallel()
	cloud, _ := startLab(t, PostfixOptions{})
	ctx := timeout(t)
	if err := cloud.Send(ctx, Samples[0].Outgoing()); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if a := cloud.Arrivals()[0]; a.Passes != MaxPasses {
		t.Errorf("passes %d, want %d", a.Passes, MaxPasses)
	}
}

// deadEnd accepts connections and closes them without a word.
func deadEnd(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

func TestPostfixQueueListsWhatIsDeferred(t *testing.T) {
	t.Parallel()
	RequirePostfix(t)
	cloud := startCloud(t)
	postfix, err := StartPostfix(TestDir(t), PostfixOptions{NextHop: deadEnd(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(postfix.Stop)
	cloud.SetRelay(postfix.Addr())
	if err := cloud.Send(timeout(t), Samples[0].Outgoing()); err != nil {
		t.Fatal(err)
	}
	if err := postfix.Flush(); err != nil {
		t.Fatal(err)
	}
	queue, err := postfix.Queue()
	if err != nil {
		t.Fatal(err)
	}
	if len(queue) != 1 || queue[0].Sender != Samples[0].From || len(queue[0].Recipients) != 1 {
		t.Errorf("queue %+v, want the one message of %s", queue, Samples[0].From)
	}
}

func TestStartPostfixNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	RequirePostfix(t)
	if _, err := StartPostfix(t.TempDir(), PostfixOptions{NextHop: "127.0.0.1:25"}); err == nil ||
		!strings.Contains(err.Error(), "cannot pass") {
		t.Errorf("directory of mode 0700: %v", err)
	}
	if _, err := StartPostfix(TestDir(t), PostfixOptions{NextHop: "nowhere"}); err == nil ||
		!strings.Contains(err.Error(), "next hop") {
		t.Errorf("next hop without port: %v", err)
	}
	if _, err := StartPostfix(TestDir(t), PostfixOptions{
		NextHop:  "127.0.0.1:25",
		Settings: map[string]string{"queue_directory": "/nonexistent/lab"},
	}); err == nil {
		t.Error("queue directory that is not there: no error")
	}
}

func TestNoPostfix(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := findPostfix(Installed); err != nil && !errors.Is(err, ErrNoPostfix) {
		t.Errorf("error %v, want ErrNoPostfix", err)
	}
}

func TestSendEndsWithContext(t *testing.T) {
	cloud := startCloud(t)
	cloud.SetRelay(deadEnd(t))
	ctx, cancel := context.WithCancel(timeout(t))
	sent := make(chan error, 1)
	go func() { sent <- cloud.Send(ctx, Samples[0].Outgoing()) }()
	if err := cloud.WaitDeferred(timeout(t), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-sent; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
