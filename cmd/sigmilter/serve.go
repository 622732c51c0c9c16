package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/milter"
	"sigmilter/sigstore"
)

func newServeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve -c FILE",
		Short: "Run the milter",
		Long: `serve runs the milter in the foreground until SIGTERM or SIGINT, which let the
messages in hand come to their end. It logs to standard error, one line for each
message. SIGHUP is ignored.`,
		Example: `  sigmilter serve -c /etc/sigmilter/sigmilter.toml

  In Postfix' main.cf. Debian's smtpd runs in a chroot, so the socket must be
  below its folder, listen = "unix:/var/spool/postfix/sigmilter/milter.sock",
  and is named relative to it:
    smtpd_milters = unix:sigmilter/milter.sock
    milter_default_action = tempfail`,
		Args: cobra.NoArgs,
	}
	path := addConfigFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := config.Load(*path)
		if err != nil {
			return err
		}
		signal.Ignore(syscall.SIGHUP) // a habit of admins, and no reason to stop
		ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		return serve(ctx, cfg, newLogger(cfg.Log.Format, cfg.Log.Level, cmd.ErrOrStderr()))
	}
	return cmd
}

// serve runs the milter until ctx ends.
func serve(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	tuneMemory()
	slog.SetDefault(log) // go-milter writes to the standard logger
	store, err := sigstore.Open(cfg.State)
	if err != nil {
		return err
	}
	defer store.Close()

	sources, err := newFeeds(cfg, store, log)
	if err != nil {
		return err
	}
	background, stopFeeds := context.WithCancel(ctx)
	var feeds sync.WaitGroup
	defer feeds.Wait()
	defer stopFeeds()
	start(background, sources, feeds.Go)

	listeners, err := listen(cfg)
	if err != nil {
		return err
	}
	for _, doubt := range cfg.Doubts() {
		log.Warn(doubt)
	}
	book := newBook(cfg, store)
	engine := newEngineOf(cfg, book, log)
	feeds.Go(func() { book.Refresh(background) })
	feeds.Go(func() { store.KeepSmall(background, mappedLimit) })
	feeds.Go(func() { dropOldTemplates(cfg, store, log) })
	server := milter.New(milter.Options{
		Signer:       func() milter.Signer { return engine },
		MaxSessions:  cfg.Limits.Sessions,
		IdleTimeout:  cfg.Timeouts.Idle,
		WriteTimeout: cfg.Timeouts.Write,
		MaxBytes:     cfg.Limits.MessageBytes,
		MemoryBytes:  cfg.Limits.BodyMemory,
		Limits:       scanLimits(cfg),
		Log:          log,
		Done:         mailLog{log}.done,
	})
	log.Info("listening", "on", strings.Join(slices.Sorted(maps.Keys(listeners)), " "), "config", cfg.Path, "version", cfg.Hash())
	return runServer(ctx, server, listeners, cfg.Timeouts.Stop, log)
}

// runServer serves on all listeners until ctx ends or one of them fails, then lets
// the messages in hand finish.
func runServer(ctx context.Context, server *milter.Server, listeners map[string]net.Listener, drain time.Duration, log *slog.Logger) error {
	failed := make(chan error, len(listeners))
	for name, ln := range listeners {
		go func() { failed <- server.ServeNamed(ln, name) }()
	}
	var fault error
	select {
	case fault = <-failed:
		failed <- nil // it is counted below
	case <-ctx.Done():
	}
	log.Info("stopping, finishing the messages in hand", "open", server.Stats().Open)
	limit, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(limit); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(fault, err)
	} else if err != nil {
		log.Warn("some messages were given up, their senders will try again", "error", err)
	}
	for range listeners {
		fault = errors.Join(fault, <-failed)
	}
	return fault
}

// mappedLimit is how many bytes of the state file the daemon keeps mapped.
const mappedLimit = 128 << 20

// dropOldTemplates takes what was rendered of templates that are no longer
// configured out of the state file.
func dropOldTemplates(cfg *config.Config, store *sigstore.Store, log *slog.Logger) {
	if err := store.KeepTemplates(slices.Collect(maps.Keys(cfg.Templates))); err != nil {
		log.Error("signatures of removed templates stay in the state file", "error", err)
	}
}
