// Package httpd is an HTTP server for clients that are not trusted: none of them can keep
// another from being answered. Requests have no body.
package httpd

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits on each client.
const (
	maxHeader     = 16 << 10
	headerTimeout = 5 * time.Second
	idleTimeout   = 30 * time.Second
	// writeTimeout is how long a client may leave an answer unread.
	writeTimeout = 30 * time.Second
)

// Serve answers requests on ln until stop is called. stop closes ln, gives requests in hand
// some time, and then closes every connection.
func Serve(ln net.Listener, h http.Handler, log *slog.Logger) (stop func()) {
	server := newServer(h, log)
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.Serve(limitPeers(ln)); !errors.Is(err, http.ErrServerClosed) {
			log.Error("stopped answering requests", "on", ln.Addr().String(), "error", err)
		}
	})
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
		running.Wait()
	}
}

// newServer has no read timeout beyond the header: it would cut off requests that take
// long to answer, and there is no body to read.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           markBusy(refuseBodies(h)),
		ConnContext:       withPeer,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// refuseBodies refuses requests with a body, unread, and gives up on clients that do not
// read the answer.
func refuseBodies(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		if r.ContentLength != 0 {
			_ = rc.SetReadDeadline(time.Now()) // or the server would read the body to keep the connection
			w.Header().Set("Connection", "close")
			http.Error(w, "a request has no body", http.StatusBadRequest)
			return
		}
		h.ServeHTTP(&patient{w, rc}, r)
	})
}

// patient gives each write its own time limit.
type patient struct {
	http.ResponseWriter
	rc *http.ResponseController
}

// Write implements [http.ResponseWriter].
func (p *patient) Write(b []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(writeTimeout))
	return p.ResponseWriter.Write(b)
}

// Unwrap is for [http.ResponseController].
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// stopTimeout is how long requests in hand may take when the daemon stops.
const stopTimeout = 2 * time.Second
