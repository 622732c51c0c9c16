package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The signature that the peers append.
const (
	peerText = "\r\nAlice Muster\r\nApplication Engineer\r\nContoso Instruments, Gauge Street 7\r\n+49 30 5550 101\r\n"
	peerHTML = "<table><tr><td><b>Alice Muster</b><br>Application Engineer<br>Contoso Instruments, Gauge Street 7<br>+49 30 5550 101</td></tr></table>\r\n"
)

// signature is a word of it, and of the lab's, that no workload has.
const signature = "Gauge"

// peerClients is how many SMTP sessions the peers are compared with.
const peerClients = 4

// peer finds a program of Debian's package: on the path, or where `make bench`
// unpacks it. It is not installed, as a package of a milter would start its own.
func peer(name string) (path, root string, err error) {
	root = os.Getenv("SIGMILTER_PEERS")
	if root == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", "", err
		}
		root = filepath.Join(cache, "sigmilter", "peers")
	}
	path = filepath.Join(root, "usr", "bin", name)
	_, err = os.Stat(path)
	return path, root, err
}

// startPeers starts what can be; why another cannot be is told in the report.
func (b *bench) startPeers(ctx context.Context) {
	for _, p := range []struct {
		name, what string
		start      func(context.Context, *filter) error
	}{
		{"altermime", "alterMIME behind a C libmilter filter written for this, a process for each message: as lean as can be, and used by nobody", b.startAlterMIME},
		{"altermime-script", "alterMIME as its manual and Debian's example have it: a content_filter of Postfix, pipe(8), that runs a shell script, which hands the message back by sendmail", b.startAlterMIMEScript},
		{"mimedefang", mimedefangWhat, b.startMIMEDefang},
	} {
		f := &filter{name: p.name, what: p.what, peer: true, mark: signature}
		err := p.start(ctx, f)
		b.filters = append(b.filters, f)
		if err != nil {
			b.giveUp(f, err)
		}
	}
}

// giveUp goes on without a peer; why is told in the report.
func (b *bench) giveUp(f *filter, why error) {
	f.stop()
	b.progress("without %s: %v", f.name, why)
	b.missing = append(b.missing, fmt.Sprintf("%s: %s", f.name, strings.TrimSpace(why.Error())))
	b.filters = slices.DeleteFunc(b.filters, func(one *filter) bool { return one == f })
}

// mimedefangWhat says what differs from Debian's package as it is installed: from 2
// to 10 workers, each for 200 messages, and a log of its events.
var mimedefangWhat = fmt.Sprintf("MIMEDefang with append_text_boilerplate and append_html_boilerplate; "+
	"as in Debian's package without embedded Perl, but in its favour %d workers that all run before the first message and never end, "+
	"a queue for more, and no log of events", peerClients)

// perlFilter is the policy of MIMEDefang's workers.
const perlFilter = `sub filter_begin { 1 }
sub filter { return action_accept(); }
sub filter_end {
    my ($entity) = @_;
    append_text_boilerplate($entity, '%s', 0);
    append_html_boilerplate($entity, '%s', 0);
}
1;
`

// startMIMEDefang starts its multiplexor, which starts the workers, and its filter.
//
// QUIRK: the worker reads its settings from a fixed path below /etc, so that a copy
// of the script with another path is run; and it runs as another user, who may not
// reach the cache folder, so that its modules are copied too.
func (b *bench) startMIMEDefang(_ context.Context, f *filter) error {
	program, root, err := peer("mimedefang")
	if err != nil {
		return err
	}
	script, err := os.ReadFile(filepath.Join(filepath.Dir(program), "mimedefang.pl"))
	if err != nil {
		return err
	}
	spool, settings, policy, copied, worker := b.path("spool"), b.path("md.conf"), b.path("md.filter"), b.path("md.pl"), b.path("md-worker")
	modules := b.path("perl5")
	if err := os.CopyFS(modules, os.DirFS(filepath.Join(root, "usr", "share", "perl5"))); err != nil {
		return err
	}
	run := fmt.Sprintf("#!/bin/sh\nexec perl -I '%s' '%s' -f '%s' \"$@\"\n", modules, copied, policy)
	if err := writeFiles(map[string]string{
		settings: "1;\n",
		policy:   fmt.Sprintf(perlFilter, strings.ReplaceAll(peerText, "\r\n", "\n"), peerHTML),
		copied:   strings.ReplaceAll(string(script), "/etc/mail/mimedefang.pl.conf", settings),
		worker:   run,
	}, 0o755); err != nil {
		return err
	}
	if text, err := exec.Command("sh", worker, "-test").CombinedOutput(); err != nil {
		return fmt.Errorf("the worker fails: %w: %s", err, text)
	}
	if err := os.Mkdir(spool, 0o755); err != nil {
		return err
	}
	if err := giveTo("postfix", spool); err != nil {
		return err
	}
	workers, queue := strconv.Itoa(peerClients), strconv.Itoa(4*peerClients)
	mux := filepath.Join(spool, "mux.sock")
	f.socket = filepath.Join(spool, "md.sock")
	if err := f.start(b.path("mux.log"), mux, program+"-multiplexor", "-D", "-U", "postfix", "-m", workers, "-x", workers,
		"-q", queue, "-w", "0", "-W", "0", "-r", "100000", "-z", spool, "-s", mux, "-f", worker); err != nil {
		return err
	}
	return f.start(b.path("mimedefang.log"), f.socket, program, "-D", "-X", "-q", "-U", "postfix", "-z", spool, "-m", mux, "-p", f.socket)
}

func writeFiles(files map[string]string, mode os.FileMode) error {
	for path, content := range files {
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			return err
		}
	}
	return nil
}

// giveTo makes a user the owner of a folder.
func giveTo(name, folder string) error {
	u, err := user.Lookup(name)
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	return os.Chown(folder, uid, -1)
}
