package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/mta"
)

// beforeApply is how the name of the copy of main.cf goes on, before the date.
const beforeApply = ".before-sigmilter-"

// applyPostfix copies main.cf and sets the lines. Without any it touches nothing.
func applyPostfix(ctx context.Context, out io.Writer, postfix *mta.Postfix, lines []string) error {
	if len(lines) == 0 {
		return writeLines(out, []string{"nothing to set: main.cf has it all"})
	}
	dir := postfix.Settings["config_directory"]
	file := filepath.Join(dir, "main.cf")
	backup, err := keepCopy(file)
	if err != nil {
		return fmt.Errorf("copy Postfix' configuration: %w", err)
	}
	if _, err := postconf(ctx, dir, append([]string{"-e"}, lines...)...); err != nil {
		return err
	}
	return writeLines(out, append(lines,
		fmt.Sprintf("set in %s, which is as it was in %s", file, backup),
		"now run: postfix reload"))
}

// keepCopy copies main.cf, unless there is a copy of before: that one has what --remove
// is to bring back.
func keepCopy(file string) (string, error) {
	if backup, err := dated(file); backup != "" || err != nil {
		return backup, err
	}
	before, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	backup := file + beforeApply + time.Now().Format("20060102-150405")
	return backup, os.WriteFile(backup, before, info.Mode().Perm())
}

// dated is the oldest copy of main.cf, empty for none.
func dated(file string) (string, error) {
	names, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return "", err
	}
	for _, entry := range names { // by name, and so by date
		if strings.HasPrefix(entry.Name(), filepath.Base(file)+beforeApply) {
			return filepath.Join(filepath.Dir(file), entry.Name()), nil
		}
	}
	return "", nil
}

// removeFromPostfix brings back what main.cf had before --apply, and removes the copy
// when nothing is left to bring back.
func removeFromPostfix(ctx context.Context, out io.Writer, postfix *mta.Postfix, d mta.Daemon) error {
	dir := postfix.Settings["config_directory"]
	file := filepath.Join(dir, "main.cf")
	backup, err := dated(file)
	if err != nil {
		return fmt.Errorf("look for the copy of Postfix' configuration: %w", err)
	}
	own, err := postconf(ctx, dir, "-n")
	if err != nil {
		return err
	}
	before, err := writtenIn(ctx, backup)
	if err != nil {
		return fmt.Errorf("read the copy of Postfix' configuration: %w", err)
	}
	undo := postfix.Undo(d, mta.Written(own), before)
	if len(undo.Set) > 0 {
		if _, err := postconf(ctx, dir, append([]string{"-e"}, undo.Set...)...); err != nil {
			return err
		}
	}
	if len(undo.Drop) > 0 {
		if _, err := postconf(ctx, dir, append([]string{"-X"}, undo.Drop...)...); err != nil {
			return err
		}
	}
	if backup != "" && len(undo.Left) == 0 {
		if err := os.Remove(backup); err != nil {
			return err
		}
	}
	return writeLines(out, undoneLines(file, backup, undo))
}

// undoneLines say what --remove has done.
func undoneLines(file, backup string, undo mta.Undo) []string {
	lines := slices.Clone(undo.Set)
	for _, name := range undo.Drop {
		lines = append(lines, name+" (Postfix' default)")
	}
	for _, left := range undo.Left {
		lines = append(lines, "left: "+left)
	}
	switch changed := len(undo.Set)+len(undo.Drop) > 0; {
	case !changed && len(undo.Left) == 0:
		return []string{"nothing to undo: sigmilter is not in " + file}
	case !changed:
		return lines
	case backup == "":
		lines = append(lines, "there is no copy of before --apply beside "+file+": what else it set stays")
	}
	return append(lines, "now run: postfix reload")
}

// writtenIn are the settings in a copy of main.cf, nil without a copy. postconf reads
// it in a folder of its own.
func writtenIn(ctx context.Context, backup string) (map[string]string, error) {
	if backup == "" {
		return nil, nil
	}
	text, err := os.ReadFile(backup)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sigmilter-postfix")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for name, content := range map[string][]byte{"main.cf": text, "master.cf": nil} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	shown, err := postconf(ctx, dir, "-n")
	if err != nil {
		return nil, err
	}
	return mta.Written(shown), nil
}
