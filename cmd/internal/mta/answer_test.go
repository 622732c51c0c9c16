package mta

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sigmilter/cmd/internal/mta/greet"
)

// What came of asking, and what to do about it.
func TestAsk(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} { // of mode 0700 otherwise
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	socket := filepath.Join(dir, "milter.sock")
	if err := os.WriteFile(socket, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(socket, 0o666); err != nil { // whatever the umask
		t.Fatal(err)
	}
	nobody, ok := visitorNamed("nobody", "postfix reload")
	if !ok {
		t.Skip("there is no user nobody")
	}
	for _, tt := range []struct {
		name     string
		err      error
		filter   bool // another milter answers
		itself   bool // this process connects, not the mail server's user
		closed   bool // the socket lets the user not in
		unit     bool
		answers  string
		says     string
		saysNone bool
	}{
		{name: "sigmilter", answers: "smtp/inet: unix:m.sock answers user nobody", saysNone: true},
		{name: "sigmilter, and the mail server may not", itself: true, closed: true, answers: "smtp/inet: unix:m.sock answers", says: "user nobody may not connect"},
		{name: "another milter", filter: true, says: "a milter answers on unix:m.sock that does not ask to change mail"},
		{name: "another program", err: fmt.Errorf("x: %w", greet.ErrNoMilter), says: "is another program's"},
		{name: "absent", err: &fs.PathError{Err: syscall.ENOENT}, says: "start it: systemctl start sigmilter"},
		{name: "absent, of systemd", err: &fs.PathError{Err: syscall.ENOENT}, unit: true, says: "systemctl start sigmilter.socket"},
		{name: "refused", err: syscall.ECONNREFUSED, says: "nobody listens on it"},
		{name: "denied by modes", err: &fs.PathError{Err: syscall.EACCES}, closed: true, says: "user nobody may not connect"},
		{name: "denied by something else", err: &fs.PathError{Err: syscall.EACCES}, says: "though owners and modes let them in"},
		{name: "silent", err: fmt.Errorf("x: %w", os.ErrDeadlineExceeded), says: "does not answer within 10s"},
		{name: "full", err: &fs.PathError{Err: syscall.EAGAIN}, says: "does not answer within 10s"},
		{name: "hangs up", err: io.EOF, says: "journalctl -u sigmilter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Daemon{Listen: "unix:" + socket, SocketMode: 0o660, Activated: tt.unit}
			mode := fs.FileMode(0o666)
			if tt.closed {
				mode = 0o600
			}
			if err := os.Chmod(socket, mode); err != nil {
				t.Fatal(err)
			}
			v := visit{by: "smtp/inet", visitor: nobody, as: nobody.Caller, socket: "unix:m.sock", network: "unix", address: socket}
			if tt.itself {
				v.as = greet.Caller{}
			}
			var r Report
			r.ask(d, v, func(greet.Caller, string, string) (greet.Answer, error) {
				return greet.Answer{Signs: !tt.filter}, tt.err
			})
			if got := strings.Join(r.Answers, "\n"); got != tt.answers {
				t.Errorf("answers %q, want %q", got, tt.answers)
			}
			if tt.saysNone != (len(r.Findings) == 0) || !tt.saysNone && !strings.Contains(r.Findings[0].Problem, tt.says) {
				t.Errorf("found %+v, want %q", r.Findings, tt.says)
			}
		})
	}
}

func TestSocketUnit(t *testing.T) {
	own := Daemon{Listen: "unix:/run/sigmilter/milter.sock", SocketMode: 0o660, Listeners: []string{"inet:127.0.0.1:1"}}
	const shown = "ActiveState=active\nListen=/srv/m.sock (Stream)\nListen=127.0.0.1:8891 (Stream)\nListen=/srv/d (Datagram)\nSocketMode=0600\nSocketGroup=\n"
	d := own.Under(ReadSocketUnit(shown))
	if !d.Activated || d.Listen != "unix:/srv/m.sock" || d.SocketMode != 0o600 || d.SocketGroup != "root" || strings.Join(d.Listeners, " ") != "inet:127.0.0.1:8891 inet:127.0.0.1:1" {
		t.Errorf("%+v", d)
	}
	for _, shown := range []string{"", "ActiveState=inactive\nListen=/srv/m.sock (Stream)\n", "ActiveState=active\n"} {
		if d := own.Under(ReadSocketUnit(shown)); d.Activated || d.Listen != own.Listen {
			t.Errorf("%q: %+v", shown, d)
		}
	}
}
