package control

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"

	"sigmilter/cmd/internal/httpd"
	"sigmilter/cmd/internal/printed"
)

// Serve answers the verbs on ln until the returned function is called, which
// closes ln and, when requests in hand had their time, every connection.
func Serve(ln net.Listener, d Daemon, log *slog.Logger) (stop func()) {
	return httpd.Serve(ln, routes(d), log)
}

func routes(d Daemon) http.Handler {
	mux := http.NewServeMux()
	api := func(pattern string, f func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { answerJSON(w, r, f) })
	}
	api("GET /v1/status", func(*http.Request) (any, error) { return d.Status(), nil })
	api("POST /v1/reload", func(*http.Request) (any, error) { return d.Reload() })
	mux.HandleFunc("GET /v1/people", func(w http.ResponseWriter, r *http.Request) { listPeople(w, r, d) })
	api("GET /v1/people/{address}", func(r *http.Request) (any, error) { return d.Person(r.PathValue("address")) })
	api("POST /v1/people/refresh", func(r *http.Request) (any, error) {
		q := r.URL.Query()
		return d.RefreshPeople(r.Context(), q.Get("tenant"), q.Get("source"), Extent(q.Get("extent")))
	})
	api("POST /v1/people/forget", func(r *http.Request) (any, error) {
		return d.Forget(r.URL.Query().Get("tenant"), r.URL.Query().Get("address"))
	})
	api("GET /v1/people/remembered", func(r *http.Request) (any, error) {
		return d.Remembered(r.URL.Query().Get("tenant"), r.URL.Query().Get("address"))
	})
	api("GET /v1/decided", func(*http.Request) (any, error) { return d.Decided() })
	api("GET /v1/cache", func(*http.Request) (any, error) { return d.Cache() })
	api("POST /v1/cache/drop", func(r *http.Request) (any, error) {
		return d.DropCache(r.URL.Query().Get("tenant"), r.URL.Query().Get("address"))
	})
	api("POST /v1/cache/refresh", func(r *http.Request) (any, error) {
		return d.RefreshCache(r.Context(), r.URL.Query().Get("tenant"), r.URL.Query().Get("address"))
	})
	mux.Handle("GET /v1/state", &snapshots{daemon: d})
	api("POST /v1/state/check", func(*http.Request) (any, error) { return struct{}{}, d.CheckState() })
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// statuses are those of HTTP.
var statuses = map[Kind]int{
	Failed:        http.StatusInternalServerError,
	NotFound:      http.StatusNotFound,
	Configuration: http.StatusUnprocessableEntity,
	Busy:          http.StatusConflict,
}

func answerJSON(w http.ResponseWriter, r *http.Request, f func(*http.Request) (any, error)) {
	v, err := f(r)
	if err != nil {
		answerError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(printed.NewWriter(w)).Encode(v) // the client has gone
}

func answerError(w http.ResponseWriter, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Failed, err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(statuses[e.Kind])
	_ = json.NewEncoder(printed.NewWriter(w)).Encode(e)
}

// listed is a line of the list of people: one of them, or why it ends early.
type listed struct {
	Person
	Err string `json:"error,omitempty"`
}

// listPeople streams people, however many there are. The last line is empty, so that a
// list that was cut is not taken for a whole one.
func listPeople(w http.ResponseWriter, r *http.Request, d Daemon) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	out := json.NewEncoder(printed.NewWriter(w))
	for p, err := range d.People(r.URL.Query().Get("tenant"), r.URL.Query().Get("match")) {
		line := listed{Person: p}
		if err != nil {
			line.Err = err.Error()
		}
		if out.Encode(line) != nil || err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, "\n")
}

// snapshots copies the state for one client at a time: each copy keeps the file
// from using freed pages again.
type snapshots struct {
	daemon Daemon
	lock   sync.Mutex
}

// ServeHTTP implements [http.Handler].
func (s *snapshots) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if !s.lock.TryLock() {
		answerError(w, Errorf(Busy, "another copy is being made"))
		return
	}
	defer s.lock.Unlock()
	w.Header().Set("Content-Type", "application/octet-stream")
	begun := &counting{w: w}
	if _, err := s.daemon.Snapshot(begun); err != nil {
		if begun.n > 0 {
			panic(http.ErrAbortHandler) // cuts the connection: half a copy must not look whole
		}
		answerError(w, err)
	}
}

type counting struct {
	w io.Writer
	n int64
}

// Write implements [io.Writer].
func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
