package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"

	"sigmilter/milter/miltertest"
)

//go:embed filter/altermime.c
var altermimeSource []byte

//go:embed filter/altermime.sh
var altermimeScript string

func (b *bench) startAlterMIME(ctx context.Context, f *filter) error {
	program, _, err := peer("altermime")
	if err != nil {
		return err
	}
	wrapper, folder := b.path("altermime-filter"), b.path("altermime")
	if err := compile(ctx, altermimeSource, wrapper); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	text, html, err := b.signatureFiles()
	if err != nil {
		return err
	}
	f.socket = b.path("a.sock")
	return f.start(b.path("altermime.log"), f.socket, wrapper, program, text, html, folder, f.socket)
}

// signatureFiles writes what alterMIME is to append.
func (b *bench) signatureFiles() (text, html string, err error) {
	text, html = b.path("peer.txt"), b.path("peer.html")
	return text, html, writeFiles(map[string]string{text: peerText, html: peerHTML}, 0o644)
}

// The content filter's service in Postfix, and who it runs as.
//
// QUIRK: sendmail's postdrop serves another Postfix than the machine's only where it
// gains nothing by being setgid, and pipe(8) runs nothing with the group that the
// instance takes for that of postdrop. So this instance takes another one for it, and
// what postdrop writes to is given to postdrop's own.
const (
	scriptService = "altermime unix - n n - - pipe\n  flags=Rq user=" + scriptOwner + ":" + postdropGroup +
		" argv=%s -f ${sender} -- ${recipient}\n"
	scriptOwner   = "nobody"
	postdropGroup = "postdrop"
	otherGroup    = "daemon"
)

// openMaildrop lets the script hand messages to a started Postfix.
func (b *bench) openMaildrop() error {
	group, err := user.LookupGroup(postdropGroup)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(group.Gid)
	if err != nil {
		return err
	}
	for _, name := range []string{"maildrop", "public"} {
		if err := os.Chown(b.path(filepath.Join("queue", name)), -1, gid); err != nil {
			return err
		}
	}
	return nil
}

// startAlterMIMEScript prepares what Postfix will start for each message, and has it
// sign one.
func (b *bench) startAlterMIMEScript(ctx context.Context, f *filter) error {
	program, _, err := peer("altermime")
	if err != nil {
		return err
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	text, html, err := b.signatureFiles()
	if err != nil {
		return err
	}
	// It runs as another user, who may not reach the cache folder.
	copied, folder, script := b.path("altermime-copy"), b.path("altermime-spool"), b.path("altermime.sh")
	tried, cat := b.path("altermime-tried.sh"), b.path("cat.sh")
	write := func(sendmail string) string {
		return fmt.Sprintf(altermimeScript, folder, copied, text, html, sendmail)
	}
	if err := writeFiles(map[string]string{copied: string(binary), script: write(sendmail()),
		tried: write(cat), cat: "#!/bin/sh\nexec cat\n"}, 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if err := giveTo(scriptOwner, folder); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, tried, "-f", "alice@contoso.com", "--", "ben@fabrikam.example")
	cmd.Stdin = bytes.NewReader(miltertest.ReplyMail(2<<10, 48<<10))
	if out, err := cmd.Output(); err != nil || !bytes.Contains(out, []byte(f.mark)) {
		return fmt.Errorf("its script does not sign: %w, %d bytes", err, len(out))
	}
	f.service, f.contentFilter = fmt.Sprintf(scriptService, script), "altermime:"
	return nil
}
