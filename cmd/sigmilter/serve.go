package main

import (
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sigmilter/cmd/internal/config"
	"sigmilter/cmd/internal/daemon"
)

func newServeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve [-c FILE]",
		Short: "Run the milter",
		Long: `serve runs the milter in the foreground until SIGTERM or SIGINT; the messages in hand are
finished first. It logs to standard error, one line for each message. On SIGHUP, as on
sigmilter reload, it reads its configuration again; if that has mistakes, it keeps the
current one.`,
		Example: `  sigmilter serve -c /etc/sigmilter/sigmilter.toml

  In Postfix' main.cf. Debian's smtpd runs in a chroot, so the socket must be
  below its folder, listen = "unix:/var/spool/postfix/sigmilter/milter.sock",
  and is named relative to it:
    smtpd_milters = unix:sigmilter/milter.sock
    milter_default_action = tempfail`,
		Args: takesArguments(),
	}
	path := addConfigFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := config.Load(*path)
		if err != nil {
			return err
		}
		level := new(slog.LevelVar)
		level.Set(cfg.Log.Level)
		log := daemon.NewLogger(cfg.Log.Format, level, cmd.ErrOrStderr())
		slog.SetDefault(log) // go-milter writes to the standard logger
		hangups := make(chan os.Signal, 1)
		signal.Notify(hangups, syscall.SIGHUP)
		defer signal.Stop(hangups)
		ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGINT)
		defer stop()
		build := readBuildInfo()
		return daemon.New(cfg, daemon.Options{
			Log: log, Level: level, Now: time.Now,
			Build: daemon.Build{Version: build.Version, Revision: build.Revision, Go: build.Go},
		}).Serve(ctx, hangups)
	}
	return cmd
}
