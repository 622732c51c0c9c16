package daemon

import (
	"errors"
	"net"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/control"
	"sigmilter/cmd/internal/metrics"
	"sigmilter/milter"
)

// openListeners opens the common listener and those of single tenants, or none of them, and
// returns them by their addresses in the configuration. A socket that systemd holds is
// taken from there: one of a tenant by its address only, since it proves the tenant.
func openListeners(cfg *config.Config, inherited *sockets) (map[string]net.Listener, error) {
	names := tenantListeners(cfg)
	open := map[string]net.Listener{}
	for i, name := range append(names, cfg.Listen) {
		label := ""
		if i == len(names) {
			label = "milter"
		}
		ln, err := inherited.takeOrListen(label, name, func() (net.Listener, error) {
			return milter.Listen(name, cfg.SocketMode, cfg.SocketGroup)
		})
		if err != nil {
			for _, ln := range open {
				err = errors.Join(err, ln.Close())
			}
			return nil, listenRemedy(err, settingOf(label), name)
		}
		open[name] = ln
	}
	return open, nil
}

// settingOf is the key that names the address of a socket: a listener without a label is a
// tenant's.
func settingOf(label string) string {
	if label == "" {
		return "proof.listeners"
	}
	return "listen"
}

// tenantListeners are the addresses on which only one tenant's mail comes in.
func tenantListeners(cfg *config.Config) (names []string) {
	for _, t := range cfg.Tenants {
		names = append(names, t.Proof.Listeners...)
	}
	return names
}

// openControl serves the verbs and monitoring. A socket that cannot be opened is no reason
// to refuse mail.
func (d *Daemon) openControl(cfg *config.Config) (stop func()) {
	var stops []func()
	open := func(name, where string, listen func() (net.Listener, error), serve func(net.Listener) func()) {
		ln, err := d.sockets.takeOrListen(name, where, listen)
		if err != nil {
			d.log.Warn("cannot listen; continuing without this socket", "socket", name, "on", where, "error", listenRemedy(err, name, where))
			return
		}
		stops = append(stops, serve(ln))
	}
	if cfg.Control != "" {
		open("control", cfg.Control,
			func() (net.Listener, error) { return milter.Listen(cfg.Control, 0o660, "") },
			func(ln net.Listener) func() { return control.Serve(ln, d, d.log) })
	}
	if cfg.Metrics != "" {
		open("metrics", "inet:"+cfg.Metrics,
			func() (net.Listener, error) { return net.Listen("tcp", cfg.Metrics) },
			func(ln net.Listener) func() { return metrics.Serve(ln, d, d.metrics, d.log) })
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}
