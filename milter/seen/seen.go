package seen

import (
	"bytes"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"sigmilter/milter/work"
)

// Block is a block as it stands in a mail.
type Block struct {
	ID   string // that of the element around it, in lower case; no other element has it
	HTML string // that element, as it was put in
}

// Verdict is what was found out about one block.
type Verdict struct {
	// Hidden is what keeps the block from being seen, "" when nothing does: the
	// element, or a property with the element that has it and where it is said.
	Hidden string
	// Against are the properties that style sheets of the mail set on the elements of
	// the block and by which they may hide it, as they write them. A block that says
	// them itself, with !important, is not hidden by them.
	Against []string
	// Beyond says that the page has more than is looked at, wherever the block stands.
	Beyond bool
}

// document is a mail that is looked at.
type document struct {
	sheets
	matcher
	root    *nethtml.Node
	inlines map[string][]declaration
	blocks  map[string][]*nethtml.Node // by id; each id is that of one element
	pseudos []pseudoRule
	pulling []*rule // those with margins that pull
	// demanding are those that make elements need room.
	demanding []*rule
	scheme    bool // it asks for a scheme of colours
	policy    bool // it may forbid its readers to heed styles, ours too
}

// pseudoRule is a rule of generated content, or of the first line or letter.
type pseudoRule struct {
	rule *rule
	sel  *selector
}

// Look says of each block whether it is seen in a page.
func Look(page []byte, blocks []Block, w *work.Meter) []Verdict {
	verdicts := make([]Verdict, len(blocks))
	for _, scripts := range []bool{false, true} {
		if scripts && !bytes.Contains(bytes.ToLower(page), []byte("<noscript")) {
			break
		}
		d, err := read(page, scripts, w)
		if err == nil {
			d.find(blocks)
		}
		for i := range blocks {
			v := &verdicts[i]
			switch {
			case v.Hidden != "":
			case err != nil:
				v.Hidden, v.Beyond = err.Error(), true
			default:
				*v = d.look(page, &blocks[i], v.Against)
			}
		}
	}
	return verdicts
}

// read reads a page into a tree.
func read(page []byte, scripts bool, w *work.Meter) (*document, error) {
	if err := affordable(page, w); err != nil {
		return nil, err
	}
	root, err := nethtml.ParseWithOptions(&pacedReader{page, w}, nethtml.ParseOptionEnableScripting(scripts))
	if err != nil {
		return nil, errLarge
	}
	d := &document{root: root, inlines: map[string][]declaration{}}
	d.work, d.most = w, stepsPerPage+stepsPerByte*len(page)
	for n := root; n != nil; n = next(n) {
		w.Spend(perNode)
		d.take(n)
	}
	for i := range d.rules {
		r := &d.rules[i]
		if r.pulled > 0 {
			d.pulling = append(d.pulling, r)
		}
		if r.demanding {
			d.demanding = append(d.demanding, r)
		}
		for k := range r.selectors {
			if p := r.selectors[k].pseudo; p != "" && p != "never" {
				d.pseudos = append(d.pseudos, pseudoRule{r, &r.selectors[k]})
			}
		}
	}
	return d, nil
}

// take notes what an element says of others.
func (d *document) take(n *nethtml.Node) {
	if n.Type != nethtml.ElementNode {
		return
	}
	for i := range n.Attr {
		n.Attr[i].Val = strings.ToLower(n.Attr[i].Val)
	}
	switch n.Data {
	case "style":
		var text strings.Builder
		for c := range n.ChildNodes() {
			if c.Type == nethtml.TextNode {
				text.WriteString(c.Data)
			}
		}
		d.sheets.read(d.tokens(text.String(), d.work), scope{maybe: !heeded(n)})
	case "link":
		if strings.Contains(attr(n, "rel"), "stylesheet") {
			d.linked(strings.TrimSpace(attr(n, "href")))
		}
	case "meta":
		d.policy = d.policy || attr(n, "http-equiv") == "content-security-policy"
		d.scheme = d.scheme || strings.Contains(attr(n, "name"), "color-scheme") && attr(n, "content") != "light"
	}
}

// heeded reports whether every reader heeds a style sheet: it is for all media, in CSS,
// and none of several to choose from.
func heeded(n *nethtml.Node) bool {
	media, kind := attr(n, "media"), attr(n, "type")
	return (media == "" || media == "all") && (kind == "" || kind == "text/css") && attr(n, "title") == ""
}

func attr(n *nethtml.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key && n.Attr[i].Namespace == "" {
			return n.Attr[i].Val
		}
	}
	return ""
}

// look looks at one block. against is what is known already of its Against.
func (d *document) look(page []byte, b *Block, against []string) Verdict {
	found := d.blocks[b.ID]
	switch {
	case len(found) == 0:
		return Verdict{Hidden: "no element of the page"}
	case len(found) > 1:
		return Verdict{Hidden: "the block's name is taken"}
	}
	block := found[0]
	if at := bytes.Index(page, []byte(b.HTML)); at < 0 || !asText(page, at) || !asText(page, at+len(b.HTML)) {
		return Verdict{Hidden: "markup that readers read differently"}
	}
	alone, err := alone(b)
	if err != nil {
		return Verdict{Hidden: err.Error()}
	}
	v := view{doc: d, block: block, against: against}
	for _, others := range d.blocks {
		v.others = append(v.others, others...)
	}
	v.run()
	hidden := v.compared(alone)
	if hidden == "" && d.full {
		hidden = moreSheets
	}
	return Verdict{Hidden: hidden, Against: v.against, Beyond: d.full || d.spent()}
}

// find finds the elements of blocks.
func (d *document) find(blocks []Block) {
	d.blocks = map[string][]*nethtml.Node{}
	for n := d.root; n != nil; n = next(n) {
		d.work.Spend(perNode)
		if n.Type != nethtml.ElementNode {
			continue
		}
		id := attr(n, "id")
		if id != "" && slices.ContainsFunc(blocks, func(b Block) bool { return b.ID == id }) {
			d.blocks[id] = append(d.blocks[id], n)
		}
	}
}

// alone is the view of a block in a page that has nothing else.
func alone(b *Block) (*view, error) {
	d, err := read([]byte(b.HTML), false, nil)
	if err != nil {
		return nil, err
	}
	d.find([]Block{*b})
	found := d.blocks[b.ID]
	if len(found) != 1 {
		return nil, errLarge
	}
	v := &view{doc: d, block: found[0]}
	v.run()
	return v, nil
}

// piece is a text of a block, and why it is not seen.
type piece struct {
	text, hidden string
}

// compared is what hides a block of which the same text is seen alone, "" for nothing.
func (v *view) compared(alone *view) string {
	if len(v.pieces) != len(alone.pieces) {
		return "markup that takes in a part of the block"
	}
	for i := range v.pieces {
		switch p := &v.pieces[i]; {
		case p.text != alone.pieces[i].text:
			return "markup that takes in a part of the block"
		case p.hidden != "" && alone.pieces[i].hidden == "":
			return p.hidden
		}
	}
	return ""
}

// hiding are the elements whose content is not shown, or not as it stands there, or
// only when somebody opens it.
var hiding = map[atom.Atom]bool{
	atom.Select: true, atom.Option: true, atom.Optgroup: true, atom.Template: true, atom.Object: true, atom.Iframe: true, atom.Noframes: true,
	atom.Noembed: true, atom.Noscript: true, atom.Dialog: true, atom.Marquee: true, atom.Canvas: true, atom.Audio: true, atom.Video: true, atom.Picture: true,
	atom.Textarea: true, atom.Title: true, atom.Style: true, atom.Script: true, atom.Xmp: true, atom.Plaintext: true, atom.Listing: true,
	atom.Button: true, atom.Datalist: true, atom.Map: true, atom.Area: true, atom.Ruby: true, atom.Rp: true, atom.Rt: true, atom.Rb: true,
	atom.Frameset: true, atom.Head: true, atom.Meter: true, atom.Progress: true, atom.Output: true, atom.Slot: true, atom.Svg: true, atom.Math: true,
	atom.Embed: true, atom.Applet: true, atom.Bdo: true, atom.Colgroup: true, atom.Legend: true, atom.Details: true, atom.Param: true,
}

// hidingNames are likewise those that the standard has not, or not yet. QUIRK: Outlook
// for Windows drops <xml>.
var hidingNames = map[string]bool{
	"xml": true, "comment": true, "fencedframe": true, "portal": true, "selectedcontent": true, "permission": true, "geolocation": true, "model": true,
}

// hides reports whether an element hides what is in it by what it is.
func hides(n *nethtml.Node) bool {
	switch {
	case n.Namespace != "":
		return true
	case n.DataAtom == atom.Details: // of several with one name only one is open
		return attr(n, "name") != "" || !slices.ContainsFunc(n.Attr, func(a nethtml.Attribute) bool { return a.Key == "open" })
	case n.DataAtom == 0:
		return hidingNames[n.Data]
	}
	for c := range n.ChildNodes() { // the shadow of an element is shown in place of its content
		if c.DataAtom == atom.Template && slices.ContainsFunc(c.Attr, func(a nethtml.Attribute) bool { return strings.HasPrefix(a.Key, "shadowroot") }) {
			return true
		}
	}
	return hiding[n.DataAtom]
}

// called is an element as it is named in a log: nothing of a mail's own words.
func called(n *nethtml.Node) string {
	if n.DataAtom == 0 {
		return "an element"
	}
	return "<" + n.DataAtom.String() + ">"
}

// next is the node that comes behind one in the order of the page, nil for none.
func next(n *nethtml.Node) *nethtml.Node {
	if n.FirstChild != nil {
		return n.FirstChild
	}
	return after(n)
}

// after is the node that comes behind one and all in it, nil for none.
func after(n *nethtml.Node) *nethtml.Node {
	for ; n != nil; n = n.Parent {
		if n.NextSibling != nil {
			return n.NextSibling
		}
	}
	return nil
}
