package render

import "text/template/parse"

// inspect calls visit for a node and everything below it, in the order of the
// source.
func inspect(node parse.Node, visit func(parse.Node)) {
	visit(node)
	switch n := node.(type) {
	case *parse.ListNode:
		for _, child := range n.Nodes {
			inspect(child, visit)
		}
	case *parse.ActionNode:
		inspect(n.Pipe, visit)
	case *parse.IfNode:
		inspectBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		inspectBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		inspectBranch(&n.BranchNode, visit)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			inspect(n.Pipe, visit)
		}
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			inspect(command, visit)
		}
	case *parse.CommandNode:
		for _, arg := range n.Args {
			inspect(arg, visit)
		}
	case *parse.ChainNode:
		inspect(n.Node, visit)
	}
}

func inspectBranch(n *parse.BranchNode, visit func(parse.Node)) {
	inspect(n.Pipe, visit)
	inspect(n.List, visit)
	if n.ElseList != nil {
		inspect(n.ElseList, visit)
	}
}

// addFields collects the names of the map entries a template looks up in its
// dot: {{.name}}, {{$.name}} and {{index . "name"}}.
func addFields(found map[string]bool, tree *parse.Tree) {
	inspect(tree.Root, func(node parse.Node) {
		switch n := node.(type) {
		case *parse.FieldNode:
			found[n.Ident[0]] = true
		case *parse.VariableNode:
			if n.Ident[0] == "$" && len(n.Ident) > 1 {
				found[n.Ident[1]] = true
			}
		case *parse.CommandNode:
			addIndexed(found, n)
		}
	})
}

// calls says whether a template calls a function.
func calls(tree *parse.Tree, function string) bool {
	found := false
	inspect(tree.Root, func(node parse.Node) {
		if n, ok := node.(*parse.IdentifierNode); ok && n.Ident == function {
			found = true
		}
	})
	return found
}

func addIndexed(found map[string]bool, n *parse.CommandNode) {
	if len(n.Args) < 3 {
		return
	}
	name, isString := n.Args[2].(*parse.StringNode)
	if f, ok := n.Args[0].(*parse.IdentifierNode); ok && f.Ident == "index" && isString && isDot(n.Args[1]) {
		found[name.Text] = true
	}
}

func isDot(n parse.Node) bool {
	if v, ok := n.(*parse.VariableNode); ok {
		return len(v.Ident) == 1 && v.Ident[0] == "$"
	}
	return n.Type() == parse.NodeDot
}
