package daemon

import (
	"errors"
	"net"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter"
)

// listen opens the common listener and those of single tenants, by their names in
// the configuration, or none of them. Those that systemd has are taken from there:
// of a tenant by its address only, since it is a proof.
func listen(cfg *config.Config, inherited *sockets) (map[string]net.Listener, error) {
	names := tenantListeners(cfg)
	open := map[string]net.Listener{}
	for i, name := range append(names, cfg.Listen) {
		label := ""
		if i == len(names) {
			label = "milter"
		}
		ln, err := inherited.listen(label, name, func() (net.Listener, error) {
			return milter.Listen(name, cfg.SocketMode, cfg.SocketGroup)
		})
		if err != nil {
			for _, ln := range open {
				err = errors.Join(err, ln.Close())
			}
			return nil, err
		}
		open[name] = ln
	}
	return open, nil
}

func tenantListeners(cfg *config.Config) (names []string) {
	for _, t := range cfg.Tenants {
		names = append(names, t.Proof.Listeners...)
	}
	return names
}
