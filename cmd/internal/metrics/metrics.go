// Package metrics counts what the daemon does and serves monitoring: /metrics, /healthz and
// /readyz, without data of any person.
package metrics

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/httpd"
	"sigmilter/cmd/internal/printed"
)

// Metrics counts what happens. Its labels are names from the configuration, reasons and
// actions, which bounds the number of series.
type Metrics struct {
	registry *prometheus.Registry

	messages  *prometheus.CounterVec
	waited    *prometheus.HistogramVec
	bytes     prometheus.Counter
	aborted   prometheus.Counter
	reloads   *prometheus.CounterVec
	selfTests *prometheus.CounterVec
}

// latencies are upper bounds in seconds, from the time for a text of 2 KB to the time at
// which an MTA gives up.
var latencies = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// The values of label result.
const (
	resultOK     = "ok"
	resultFailed = "failed"
)

// New returns metrics at zero.
func New() *Metrics {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: "sigmilter_" + name, Help: help}
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		messages: prometheus.NewCounterVec(counter("messages_total", "Messages by what was done with them and why."),
			[]string{"action", "reason", "tenant", "rule"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sigmilter_message_wait_seconds", Help: "Time the MTA waited for a message, by what was done with it.", Buckets: latencies,
		}, []string{"action"}),
		bytes:     prometheus.NewCounter(counter("message_body_bytes_total", "Bytes of message bodies received.")),
		aborted:   prometheus.NewCounter(counter("messages_aborted_total", "Messages the MTA gave up before their end.")),
		reloads:   prometheus.NewCounterVec(counter("config_reloads_total", "Reloads of the configuration by result."), []string{"result"}),
		selfTests: prometheus.NewCounterVec(counter("self_tests_total", "Messages the daemon put through its own engine, by result."), []string{"result"}),
	}
	m.registry.MustRegister(m.messages, m.waited, m.bytes, m.aborted, m.reloads, m.selfTests,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, v := range []*prometheus.CounterVec{m.reloads, m.selfTests} {
		v.WithLabelValues(resultOK)
		v.WithLabelValues(resultFailed)
	}
	return m
}

// Message counts a message at its end. tenant and rule are empty if there is none.
func (m *Metrics) Message(action, reason, tenant, rule string, waited time.Duration, size int64) {
	m.messages.WithLabelValues(action, reason, tenant, rule).Inc()
	m.waited.WithLabelValues(action).Observe(waited.Seconds())
	m.bytes.Add(float64(size))
}

// Aborted counts a message that the MTA gave up before its end.
func (m *Metrics) Aborted() { m.aborted.Inc() }

// Reloaded counts a reload.
func (m *Metrics) Reloaded(err error) { m.reloads.WithLabelValues(resultLabel(err)).Inc() }

// SelfTested counts a self-test.
func (m *Metrics) SelfTested(err error) { m.selfTests.WithLabelValues(resultLabel(err)).Inc() }

func resultLabel(err error) string {
	if err != nil {
		return resultFailed
	}
	return resultOK
}

// Daemon is what monitoring asks about.
type Daemon interface {
	Status() control.Status
	// Health returns an error if the current engine does not work.
	Health(context.Context) error
}

// Gatherer returns the metrics together with those made from the daemon's status.
func (m *Metrics) Gatherer(d Daemon) prometheus.Gatherer {
	fromStatus := prometheus.NewRegistry()
	fromStatus.MustRegister(statusCollector{d})
	return prometheus.Gatherers{m.registry, fromStatus}
}

// Serve answers monitoring on ln until stop is called.
func Serve(ln net.Listener, d Daemon, m *Metrics, log *slog.Logger) (stop func()) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", &page{Handler: promhttp.HandlerFor(m.Gatherer(d), promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	})})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { serveHealth(w, r, d) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { serveReady(w, d) })
	return httpd.Serve(ln, mux, log)
}

// page is made for one client at a time, and whole before any of it is sent: a client that
// does not read does not hold up the next one.
type page struct {
	http.Handler
	lock sync.Mutex
}

// ServeHTTP implements [http.Handler].
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &made{header: w.Header(), status: http.StatusOK}
	p.makePage(answer, r)
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.Bytes()) // the client has gone
}

func (p *page) makePage(w http.ResponseWriter, r *http.Request) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.Handler.ServeHTTP(w, r)
}

// made is an answer in memory.
type made struct {
	bytes.Buffer
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (m *made) Header() http.Header { return m.header }

// WriteHeader implements [http.ResponseWriter].
func (m *made) WriteHeader(status int) { m.status = status }

// healthTimeout is how long the self-test of /healthz may take.
const healthTimeout = 5 * time.Second

func serveHealth(w http.ResponseWriter, r *http.Request, d Daemon) {
	ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
	defer cancel()
	if err := d.Health(ctx); err != nil {
		http.Error(w, "the self-test failed; the log says why", http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

func serveReady(w http.ResponseWriter, d Daemon) {
	s := d.Status()
	if s.State == control.Ready {
		_, _ = io.WriteString(w, "ready\n")
		return
	}
	text := string(s.State)
	if len(s.Waiting) > 0 {
		text += " for the people of " + strings.Join(s.Waiting, ", ")
	}
	http.Error(w, printed.Line(text), http.StatusServiceUnavailable)
}
