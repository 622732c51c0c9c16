package control

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// fake is a daemon that says what a test wants.
type fake struct {
	status   Status
	reload   error
	people   []Person
	broken   error // after the people
	snapshot func(io.Writer) (int64, error)
}

func (f *fake) Status() Status            { return f.status }
func (f *fake) Reload() (Reloaded, error) { return Reloaded{Hash: "h"}, f.reload }

func (f *fake) People(tenant, match string) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		for _, p := range f.people {
			if !yield(p, nil) {
				return
			}
		}
		if f.broken != nil {
			yield(Person{}, f.broken)
		}
	}
}

func (f *fake) Person(address string) (Person, error) {
	if address == "panic" {
		panic("a fault")
	}
	return Person{Address: address}, nil
}

func (f *fake) RefreshPeople(_ context.Context, tenant, source string, extent Extent) ([]Reading, error) {
	return []Reading{{Tenant: tenant, Source: source, Err: string(extent)}}, nil
}

func (f *fake) Forget(tenant, address string) ([]Forgotten, error) {
	return []Forgotten{{Tenant: tenant, Address: address, Learned: Learned{Lines: 3}}}, nil
}

func (f *fake) Remembered(tenant, address string) (Remembered, error) {
	return Remembered{Key: []byte(tenant), Endings: []byte(address)}, nil
}

func (f *fake) Decided() (Decided, error) {
	return Decided{Hour: map[string]map[string]int{"signed": {"rule": 3}}}, nil
}

func (f *fake) Cache() ([]CacheStatus, error) {
	return []CacheStatus{{Tenant: "contoso", Stored: 3}}, nil
}

func (f *fake) DropCache(tenant, address string) (CacheChange, error) {
	return CacheChange{Dropped: len(tenant + address)}, nil
}

func (f *fake) RefreshCache(_ context.Context, tenant, address string) (CacheChange, error) {
	return CacheChange{Rendered: len(tenant + address)}, nil
}

func (f *fake) Snapshot(w io.Writer) (int64, error) { return f.snapshot(w) }
func (f *fake) CheckState() error                   { return errors.New("damaged: person x") }

// serveFake answers for a daemon and returns a client and the socket's path.
func serveFake(t *testing.T, f *fake) (*Client, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.sock")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(Serve(ln, f, slog.New(slog.DiscardHandler)))
	return NewClient("unix:" + path), path
}

func TestCalls(t *testing.T) {
	f := &fake{status: Status{Version: "1", State: Ready, Tenants: []TenantStatus{{Name: "contoso"}}}}
	c, _ := serveFake(t, f)
	ctx := t.Context()
	for name, call := range map[string]func() (got, want any, err error){
		"status": func() (any, any, error) { s, err := c.Status(ctx); return s, f.status, err },
		"reload": func() (any, any, error) { r, err := c.Reload(ctx); return r, Reloaded{Hash: "h"}, err },
		"person": func() (any, any, error) {
			p, err := c.Person(ctx, "a/b?c@contoso.com")
			return p, Person{Address: "a/b?c@contoso.com"}, err
		},
		"refresh": func() (any, any, error) {
			r, err := c.RefreshPeople(ctx, "contoso", "hr", Full)
			return r, []Reading{{Tenant: "contoso", Source: "hr", Err: "full"}}, err
		},
		"forget": func() (any, any, error) {
			all, err := c.Forget(ctx, "contoso", "a@contoso.com")
			return all, []Forgotten{{Tenant: "contoso", Address: "a@contoso.com", Learned: Learned{Lines: 3}}}, err
		},
		"remembered": func() (any, any, error) {
			r, err := c.Remembered(ctx, "contoso", "a@contoso.com")
			return r, Remembered{Key: []byte("contoso"), Endings: []byte("a@contoso.com")}, err
		},
		"decided": func() (any, any, error) {
			n, err := c.Decided(ctx)
			return n, Decided{Hour: map[string]map[string]int{"signed": {"rule": 3}}}, err
		},
		"cache": func() (any, any, error) {
			s, err := c.Cache(ctx)
			return s, []CacheStatus{{Tenant: "contoso", Stored: 3}}, err
		},
		"drop": func() (any, any, error) {
			n, err := c.DropCache(ctx, "ab", "cde")
			return n, CacheChange{Dropped: 5}, err
		},
		"again": func() (any, any, error) {
			n, err := c.RefreshCache(ctx, "ab", "cde")
			return n, CacheChange{Rendered: 5}, err
		},
	} {
		got, want, err := call()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
	profile, err := c.openAnswer(ctx, http.MethodGet, "/debug/pprof/goroutine", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer profile.Close()
	if text, err := io.ReadAll(profile); err != nil || len(text) == 0 {
		t.Errorf("profile: %d bytes, %v", len(text), err)
	}
}

func TestErrorsKeepTheirKind(t *testing.T) {
	f := &fake{}
	c, _ := serveFake(t, f)
	for _, want := range []*Error{
		{Configuration, "c.toml:1: x: unknown\nc.toml:2: y: unknown"},
		{NotFound, "nobody"},
		{Busy, "later"},
		{Failed, "no luck"},
	} {
		f.reload = fmt.Errorf("wrapped: %w", want)
		_, err := c.Reload(t.Context())
		var got *Error
		if !errors.As(err, &got) || *got != *want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if err := c.CheckState(t.Context()); err == nil || err.Error() != "damaged: person x" {
		t.Errorf("another error: %v", err)
	}
}

func TestNoDaemon(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.sock")
	if _, err := NewClient("unix:" + path).Status(t.Context()); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("no socket: %v", err)
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	ln.Close()
	if _, err := NewClient("unix:" + path).Status(t.Context()); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("a socket nobody listens on: %v", err)
	}
}

func TestPeopleAreStreamed(t *testing.T) {
	f := &fake{}
	for n := range 20_000 {
		f.people = append(f.people, Person{Tenant: "contoso", Address: fmt.Sprintf("p%d@contoso.com", n), Attributes: map[string]string{"displayName": "P\n\u009b\u202e\x7f"}})
	}
	c, _ := serveFake(t, f)
	read := func() (n int, err error) {
		for p, err := range c.People(t.Context(), "", "") {
			if err != nil {
				return n, err
			}
			if !reflect.DeepEqual(p, f.people[n]) {
				t.Fatalf("person %d: %+v", n, p)
			}
			n++
		}
		return n, nil
	}
	if n, err := read(); n != len(f.people) || err != nil {
		t.Errorf("%d people, %v", n, err)
	}
	f.broken = errors.New("damaged: person q")
	if n, err := read(); n != len(f.people) || err == nil || err.Error() != "damaged: person q" {
		t.Errorf("%d people, %v", n, err)
	}
	f.people, f.broken = nil, nil
	if n, err := read(); n != 0 || err != nil {
		t.Errorf("%d of nobody, %v", n, err)
	}
}

func TestSnapshotWholeOrNot(t *testing.T) {
	copied := func(c *Client) (string, error) {
		var b bytes.Buffer
		_, err := c.Snapshot(t.Context(), &b)
		return b.String(), err
	}
	f := &fake{snapshot: func(w io.Writer) (int64, error) {
		n, err := io.WriteString(w, "the state")
		return int64(n), err
	}}
	c, _ := serveFake(t, f)
	if got, err := copied(c); got != "the state" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	f.snapshot = func(io.Writer) (int64, error) { return 0, errors.New("no disk") }
	if _, err := copied(c); err == nil || err.Error() != "no disk" {
		t.Errorf("an error before: %v", err)
	}
	f.snapshot = func(w io.Writer) (int64, error) {
		w.Write(make([]byte, 1<<20))
		return 0, errors.New("no disk")
	}
	if got, err := copied(c); err == nil {
		t.Errorf("an error in the middle: %d bytes taken for a copy", len(got))
	}
	// One at a time.
	begun, end := make(chan struct{}), make(chan struct{})
	f.snapshot = func(w io.Writer) (int64, error) {
		close(begun)
		<-end
		return 0, nil
	}
	first := make(chan error, 1)
	go func() { _, err := copied(c); first <- err }()
	<-begun
	var busy *Error
	if _, err := copied(c); !errors.As(err, &busy) || busy.Kind != Busy {
		t.Errorf("a second copy: %v", err)
	}
	close(end)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

// TestHostileClients: nothing a client sends ends the daemon, or keeps it from
// answering the next one.
func TestHostileClients(t *testing.T) {
	c, path := serveFake(t, &fake{people: make([]Person, 100_000)})
	for name, tc := range map[string]struct{ send, want string }{
		"noise":            {"\x00\x01\x02\x03\r\n\r\n", "400"},
		"wrong method":     {"GET /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n", "405"},
		"no such path":     {"GET /v2/status HTTP/1.1\r\nHost: x\r\n\r\n", "404"},
		"up the tree":      {"GET /v1/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "30"},
		"huge header":      {"GET /v1/status HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", "431"},
		"a body":           {"POST /v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n", "400"},
		"an endless body":  {"POST /v1/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello", "400"},
		"a fault of ours":  {"GET /v1/people/panic HTTP/1.1\r\nHost: x\r\n\r\n", ""},
		"gone in the list": {"GET /v1/people HTTP/1.1\r\nHost: x\r\n\r\n", "200"},
		"a long query":     {"GET /v1/status?" + strings.Repeat("%", 10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "200"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			go io.WriteString(conn, tc.send) // not all of it is read
			line, err := bufio.NewReader(conn).ReadString('\n')
			if tc.want == "" {
				if err != io.EOF || line != "" {
					t.Errorf("got %q, %v, want nothing", line, err)
				}
			} else if !strings.HasPrefix(line, "HTTP/1.1 "+tc.want) {
				t.Errorf("got %q, %v, want %s", line, err, tc.want)
			}
		})
	}
	if _, err := c.Status(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
