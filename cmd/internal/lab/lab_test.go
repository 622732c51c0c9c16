package lab

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	gomilter "github.com/emersion/go-milter"
)

// stampFilter is the least filter there is: it adds the guard field, and a mark
// telling which filter it was.
type stampFilter struct {
	gomilter.NoOpMilter
	mark string
}

func (f *stampFilter) Body(m *gomilter.Modifier) (gomilter.Response, error) {
	if err := m.AddHeader(Guard, "Yes"); err != nil {
		return nil, err
	}
	return gomilter.RespContinue, m.AddHeader("X-Lab-Filter", f.mark)
}

// startFilter listens on the socket. Closing the returned listener lets the
// sessions that are open go on.
func startFilter(t *testing.T, path, mark string) {
	t.Helper()
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	// The lab's sites use a group; here everybody may connect.
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	server := &gomilter.Server{
		NewMilter: func() gomilter.Milter { return &stampFilter{mark: mark} },
		Actions:   gomilter.OptAddHeader,
	}
	go func() { _ = server.Serve(listener) }() // ends when the listener closes
	t.Cleanup(func() { _ = listener.Close() })
}

// startLab is a Cloud before and behind a private Postfix.
func startLab(t *testing.T, opts PostfixOptions) (*Cloud, *Postfix) {
	t.Helper()
	RequirePostfix(t)
	cloud := startCloud(t)
	opts.NextHop = cloud.Addr()
	postfix, err := StartPostfix(TestDir(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(postfix.Stop)
	cloud.SetRelay(postfix.Addr())
	return cloud, postfix
}

func startCloud(t *testing.T) *Cloud {
	t.Helper()
	cloud, err := StartCloud(Guard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Stop)
	return cloud
}

// timeout is far beyond what anything here takes.
func timeout(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
