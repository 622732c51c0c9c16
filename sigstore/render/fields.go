package render

import "text/template/parse"

// addFields collects the names of the map entries a template looks up in its
// dot: {{.name}}, {{$.name}} and {{index . "name"}}.
func addFields(found map[string]bool, tree *parse.Tree) {
	if tree != nil && tree.Root != nil {
		walk(tree.Root, found)
	}
}

func walk(node parse.Node, found map[string]bool) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			walk(child, found)
		}
	case *parse.ActionNode:
		walk(n.Pipe, found)
	case *parse.IfNode:
		walkBranch(&n.BranchNode, found)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, found)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, found)
	case *parse.TemplateNode:
		walk(n.Pipe, found)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, command := range n.Cmds {
			walkCommand(command, found)
		}
	case *parse.ChainNode:
		walk(n.Node, found)
	case *parse.FieldNode:
		found[n.Ident[0]] = true
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			found[n.Ident[1]] = true
		}
	}
}

func walkBranch(n *parse.BranchNode, found map[string]bool) {
	walk(n.Pipe, found)
	walk(n.List, found)
	walk(n.ElseList, found)
}

func walkCommand(n *parse.CommandNode, found map[string]bool) {
	for _, arg := range n.Args {
		walk(arg, found)
	}
	if len(n.Args) < 3 {
		return
	}
	name, isString := n.Args[2].(*parse.StringNode)
	if f, ok := n.Args[0].(*parse.IdentifierNode); ok && f.Ident == "index" && isString && isDot(n.Args[1]) {
		found[name.Text] = true
	}
}

func isDot(n parse.Node) bool {
	v, isVariable := n.(*parse.VariableNode)
	return n.Type() == parse.NodeDot || isVariable && len(v.Ident) == 1 && v.Ident[0] == "$"
}
