package render

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"text/template/parse"
)

// alternative is one form of a template, ready to run.
//
// Which values were empty, and where in the output they would stand, is noted
// while it runs: a call of the function noteFunc ends the pipeline of every
// field, and when it is called, all that comes before the field is written.
// Neither marks in the output nor guesses about the source are needed for it.
type alternative struct {
	template interface{ Execute(io.Writer, any) error }
	options  Options

	mu      sync.Mutex // one rendering at a time: note has to know which
	current *output
}

// noteFunc is the name of [alternative.note] in templates, not one that an
// author comes upon by chance.
const noteFunc = "_note"

// note passes a value on.
func (a *alternative) note(value any) any {
	a.current.fields = append(a.current.fields, templateValue{a.current.text.Len(), fmt.Sprint(value) == ""})
	return value
}

// templateValue is a value that a template put out: the offset where it begins in the
// output, and whether it is empty.
type templateValue struct {
	at    int
	empty bool
}

// execute returns the output for clean attributes and a photo made to fit, which
// may be nil.
func (a *alternative) execute(attrs map[string]string, photo *Picture) (*output, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current = &output{attrs: attrs, photo: photo}
	err := a.template.Execute(a.current, attrs)
	return a.current, err
}

// output collects what a template writes, up to MaxOutput.
type output struct {
	text     strings.Builder
	fields   []templateValue // in their order
	pictures []Picture
	problems []string

	attrs map[string]string
	photo *Picture
}

func (o *output) Write(p []byte) (int, error) {
	if o.text.Len()+len(p) > MaxOutput {
		return 0, ErrTooLarge
	}
	return o.text.Write(p)
}

// noteFields ends every pipeline that puts out a value with a call of noteFunc.
func noteFields(tree *parse.Tree) {
	inspect(tree.Root, func(node parse.Node) {
		if n, ok := node.(*parse.ActionNode); ok && len(n.Pipe.Decl) == 0 && isField(n.Pipe) {
			call := parse.NewIdentifier(noteFunc).SetTree(tree).SetPos(n.Pos)
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{call}})
		}
	})
}

// isField says whether what a pipeline gives depends on the person. One with an
// escaper of the author's is left alone: html/template wants that to be last.
func isField(pipe *parse.PipeNode) bool {
	depends, escapes := false, false
	inspect(pipe, func(node parse.Node) {
		switch n := node.(type) {
		case *parse.DotNode, *parse.FieldNode, *parse.VariableNode, *parse.ChainNode:
			depends = true
		case *parse.IdentifierNode:
			escapes = escapes || n.Ident == "html" || n.Ident == "urlquery"
			depends = depends || n.Ident == "photo" || n.Ident == "vcard"
		}
	})
	return depends && !escapes
}
