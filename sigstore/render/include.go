package render

import (
	"fmt"
	"slices"
	"text/template/parse"
)

// include adds the partials that templates name and do not define themselves,
// and those that these name. It returns their names, sorted.
func include(partials map[string]string, trees func() []*parse.Tree, add func(name, source string) error) (used []string, err error) {
	for {
		name, at := wanted(trees())
		if name == "" {
			slices.Sort(used)
			return used, nil
		}
		source, ok := partials[name]
		if !ok {
			return nil, fmt.Errorf("%s: {{template %q}}: there is no partial of that name", at, name)
		}
		if err := add(name, source); err != nil {
			return nil, err
		}
		used = append(used, name)
	}
}

// wanted returns a name that is used and not defined, and where it is used.
func wanted(trees []*parse.Tree) (name, at string) {
	defined := map[string]bool{}
	for _, tree := range trees {
		defined[tree.Name] = true
	}
	for _, tree := range trees {
		inspect(tree.Root, func(node parse.Node) {
			if n, ok := node.(*parse.TemplateNode); ok && name == "" && !defined[n.Name] {
				name, at = n.Name, fmt.Sprintf("%s:%d", tree.ParseName, n.Line)
			}
		})
	}
	return name, at
}
