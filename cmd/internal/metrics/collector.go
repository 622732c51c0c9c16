package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sigmilter/cmd/internal/control"
)

// statusCollector makes metrics from the daemon's status at each scrape.
type statusCollector struct{ daemon Daemon }

func newDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("sigmilter_"+name, help, labels, nil)
}

var (
	descBuild      = newDesc("build_info", "Always 1; the version is in the labels.", "version", "revision", "goversion")
	descConfig     = newDesc("config_info", "Always 1; the hash of the configuration in force is in the label.", "hash")
	descLoaded     = newDesc("config_last_reload_success_timestamp_seconds", "When the configuration in force was loaded.")
	descLoadOK     = newDesc("config_last_reload_successful", "Whether the last reload of the configuration succeeded.")
	descRestart    = newDesc("config_restart_pending", "Number of settings that wait for a restart.")
	descReady      = newDesc("ready", "Whether every tenant has people and the daemon is not stopping.")
	descOpen       = newDesc("sessions_open", "Connections of the MTA.")
	descTotal      = newDesc("sessions_total", "Connections of the MTA ever begun.")
	descRefused    = newDesc("sessions_refused_total", "Connections closed because of the limit on sessions.")
	descStoreBytes = newDesc("store_bytes", "Size of the state file.")
	descStoreOK    = newDesc("store_readable", "Whether the state file can be read.")
	descPeople     = newDesc("people", "People of a tenant.", "tenant")

	descSourcePeople   = newDesc("source_people", "People in a source.", "tenant", "source")
	descSourceRead     = newDesc("source_last_read_timestamp_seconds", "When a source was last read, well or not; 0 for never.", "tenant", "source")
	descSourceSuccess  = newDesc("source_last_success_timestamp_seconds", "When a source was last read well; 0 for never.", "tenant", "source")
	descSourceFailures = newDesc("source_failures", "Readings of a source that failed in a row.", "tenant", "source")
	descSourceWarnings = newDesc("source_warnings", "Rows and values that the last good reading of a source left out.", "tenant", "source")
)

// Describe implements [prometheus.Collector].
func (c statusCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descBuild, descConfig, descLoaded, descLoadOK, descRestart, descReady, descOpen, descTotal, descRefused,
		descStoreBytes, descStoreOK, descPeople,
		descSourcePeople, descSourceRead, descSourceSuccess, descSourceFailures, descSourceWarnings,
	} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (c statusCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.daemon.Status()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v int64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v))
	}
	gauge(descBuild, 1, s.Version, s.Revision, s.Go)
	gauge(descConfig, 1, s.Config.Hash)
	gauge(descLoaded, unixSeconds(s.Config.Loaded))
	gauge(descLoadOK, boolValue(s.Config.Err == ""))
	gauge(descRestart, float64(len(s.Config.Restart)))
	gauge(descReady, boolValue(s.State == control.Ready))
	gauge(descOpen, float64(s.Sessions.Open))
	counter(descTotal, s.Sessions.Total)
	counter(descRefused, s.Sessions.Refused)
	gauge(descStoreBytes, float64(s.File.Bytes))
	gauge(descStoreOK, boolValue(s.File.Err == ""))
	for _, t := range s.Tenants {
		gauge(descPeople, float64(t.People), t.Name)
		for _, of := range t.Sources {
			gauge(descSourcePeople, float64(of.People), t.Name, of.Name)
			gauge(descSourceRead, unixSeconds(of.Read), t.Name, of.Name)
			gauge(descSourceSuccess, unixSeconds(of.Success), t.Name, of.Name)
			gauge(descSourceFailures, float64(of.Failures), t.Name, of.Name)
			gauge(descSourceWarnings, float64(of.Warnings), t.Name, of.Name)
		}
	}
}

func boolValue(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// unixSeconds is a time as Prometheus has it, 0 for none.
func unixSeconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
