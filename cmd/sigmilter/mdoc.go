package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manPage is a command's manual page in mdoc. cobra's own generator writes man(7)
// from Markdown, in which our tables and lists run together.
func manPage(cmd *cobra.Command, date time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".Dd %s\n.Dt %s %d\n.Os\n", date.Format("January 2, 2006"), strings.ToUpper(manName(cmd)), manSection)
	fmt.Fprintf(&b, ".Sh NAME\n.Nm %s\n.Nd %s\n", manName(cmd), mdocEscape(lowerFirst(cmd.Short)))
	b.WriteString(".Sh SYNOPSIS\n" + mdocSynopsis(cmd))
	b.WriteString(".Sh DESCRIPTION\n" + mdocProse(cmd.Long, cmd.Short))
	b.WriteString(mdocVerbs(cmd))
	b.WriteString(mdocOptions(cmd))
	if !cmd.HasParent() {
		b.WriteString(mdocFiles)
	}
	b.WriteString(mdocExit)
	if cmd.Example != "" {
		b.WriteString(".Sh EXAMPLES\n" + mdocLiteral(cmd.Example))
	}
	b.WriteString(mdocSeeAlso(cmd))
	return b.String()
}

const mdocFiles = `.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/sigmilter/sigmilter.toml
The configuration, see
.Xr sigmilter.toml 5 .
.It Pa /var/lib/sigmilter/sigmilter.db
People and rendered signatures.
Without it they are read again from their sources.
.It Pa /run/sigmilter/milter.sock
The socket for the MTA.
.It Pa /run/sigmilter/control.sock
The socket for the verbs that ask the running daemon.
.El
`

const mdocExit = `.Sh EXIT STATUS
.Bl -tag -width Ds -compact
.It 0
Done.
.It 1
Something failed.
.It 2
Bad usage or a bad configuration.
.El
`

// mdocSynopsis is the usage line. In cobra's own the parents' names are missing.
func mdocSynopsis(cmd *cobra.Command) string {
	_, args, _ := strings.Cut(cmd.Use, " ")
	if args == "" && cmd.HasAvailableSubCommands() {
		args = "VERB [flags]"
	}
	if args == "" && cmd.HasAvailableFlags() {
		args = "[flags]"
	}
	return strings.TrimRight(fmt.Sprintf(".Nm %s\n%s", cmd.CommandPath(), mdocFill(strings.ReplaceAll(args, "-", `\-`), false)), "\n") + "\n"
}

func mdocVerbs(cmd *cobra.Command) string {
	if !cmd.HasAvailableSubCommands() {
		return ""
	}
	var b strings.Builder
	b.WriteString(".Sh VERBS\n.Bl -tag -width Ds\n")
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			fmt.Fprintf(&b, ".It Cm %s\n%s", c.Name(), mdocFill(mdocSentence(c.Short), true))
		}
	}
	return b.String() + ".El\n"
}

func mdocOptions(cmd *cobra.Command) string {
	var b strings.Builder
	cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		b.WriteString(".It ")
		if f.Shorthand != "" {
			b.WriteString("Fl " + f.Shorthand + " , ")
		}
		b.WriteString("Fl \\-" + f.Name)
		arg, usage := pflag.UnquoteUsage(f)
		if arg != "" {
			b.WriteString(" Ar " + arg)
		}
		if !slices.Contains([]string{"", "0", "0s", "false", "[]"}, f.DefValue) {
			usage += " (default: " + f.DefValue + ")"
		}
		b.WriteString("\n" + mdocFill(mdocSentence(usage), true))
	})
	if b.Len() == 0 {
		return ""
	}
	return ".Sh OPTIONS\n.Bl -tag -width Ds\n" + b.String() + ".El\n"
}

// mdocSeeAlso refers to the parent and the verbs below, by section and name.
func mdocSeeAlso(cmd *cobra.Command) string {
	var names []string
	if cmd.HasParent() {
		names = append(names, manName(cmd.Parent()))
	}
	for _, c := range manPages(cmd)[1:] {
		if c.Parent() == cmd {
			names = append(names, manName(c))
		}
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString(".Sh SEE ALSO\n.Xr sigmilter.toml 5 ")
	for _, name := range names {
		fmt.Fprintf(&b, ",\n.Xr %s %d ", name, manSection)
	}
	return strings.TrimSuffix(b.String(), " ") + "\n"
}

// mdocProse is the text of a command: paragraphs are filled, and those with lists
// or tables are left as they are.
func mdocProse(long, short string) string {
	if long == "" {
		long = mdocSentence(short)
	}
	var b strings.Builder
	for i, paragraph := range strings.Split(strings.Trim(long, "\n"), "\n\n") {
		if mdocLaidOut.MatchString(paragraph) {
			b.WriteString(mdocLiteral(paragraph))
			continue
		}
		if i > 0 {
			b.WriteString(".Pp\n")
		}
		b.WriteString(mdocFill(paragraph, true))
	}
	return b.String()
}

// mdocLaidOut finds lines that are indented, and columns.
var mdocLaidOut = regexp.MustCompile(`(?m)^[ \t]|\S(\t| {2,})\S`)

func mdocLiteral(text string) string {
	text = strings.ReplaceAll(mdocEscape(strings.Trim(text, "\n")), "-", `\-`)
	lines := strings.Split(strings.ReplaceAll(text, "\t", "        "), "\n")
	for i, line := range lines {
		lines[i] = mdocGuard(line)
	}
	return ".Bd -literal\n" + strings.Join(lines, "\n") + "\n.Ed\n"
}

// mdocEnds finds the ends of sentences. mdoc wants a new line there, to tell them from
// abbreviations.
var mdocEnds = regexp.MustCompile(`([.!?:]["')]*)\s+`)

// mdocFill wraps text to short lines, each sentence on its own.
func mdocFill(text string, prose bool) string {
	const width = 76
	if prose {
		text = mdocEscape(text)
	}
	var b strings.Builder
	for sentence := range strings.SplitSeq(mdocEnds.ReplaceAllString(text, "$1\n\n"), "\n\n") {
		line := ""
		for _, word := range strings.Fields(sentence) {
			if line != "" && len(line)+1+len(word) > width {
				b.WriteString(mdocGuard(line) + "\n")
				line = ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		if line != "" {
			b.WriteString(mdocGuard(line) + "\n")
		}
	}
	return b.String()
}

// mdocGuard keeps a line of text from being read as a macro.
func mdocGuard(line string) string {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}

func mdocEscape(text string) string { return strings.ReplaceAll(text, `\`, `\e`) }

// mdocSentence makes a sentence of a line of help.
func mdocSentence(line string) string {
	if line == "" || strings.HasSuffix(line, ".") {
		return line
	}
	return strings.ToUpper(line[:1]) + line[1:] + "."
}

func lowerFirst(line string) string {
	if line == "" {
		return line
	}
	return strings.ToLower(line[:1]) + line[1:]
}
