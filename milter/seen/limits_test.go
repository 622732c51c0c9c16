package seen_test

import (
	"runtime"
	"strings"
	"testing"

	"sigmilter/milter/miltertest"
	"sigmilter/milter/seen"
	"sigmilter/milter/work"
)

// TestLimits: a page that costs more than it may is not promised, and costs little.
func TestLimits(t *testing.T) {
	many := func(n int, what string) string { return strings.Repeat(what, n) }
	for name, page := range map[string]string{
		"tags":                   many(200_000, "<b>x</b>") + "{B}",
		"deep":                   many(600, "<div>") + "{B}",
		"formatting opened anew": distinct(400, `<b id=%>`) + many(20_000, "<p>x") + "{B}",
		"rules":                  "<style>" + many(30_000, "a{color:red}") + "</style>{B}",
		"selectors":              many(300, "<div class=a>") + "<style>" + many(3000, ".b * * * * * *{color:#fff}") + "</style>{B}",
		"items":                  "<style>" + many(2500, ".a b{min-width:1px}") + `</style><body style="display:flex"><p>` + many(5000, "<i>x</i>") + "</p>{B}",
		"attributes of body":     distinct(2000, "<body %=1>") + "{B}",
		"one list":               "<style>" + many(300_000, "p,") + "p{color:red}</style>{B}",
		"one list of classes":    "<style>" + many(100_000, ".a,") + ".a{color:red}</style>{B}",
		"open blocks":            "<style>" + many(2_000_000, "{") + "</style>{B}",
		"nested selectors":       "<style>" + many(400_000, "a{& b{") + "</style>{B}",
		"one attribute":          "<p style='" + many(200_000, "color:red;") + "'>x</p>{B}",
		"blocks in blocks":       "<style>" + many(5000, "@media x{") + "</style>{B}",
	} {
		n := testing.AllocsPerRun(1, func() {
			if v := look(page, light()); v.Hidden == "" && name != "selectors" {
				t.Errorf("%s: it counts as seen", name)
			}
		})
		if n > 3e6 {
			t.Errorf("%s: %.0f allocations", name, n)
		}
	}
}

// distinct is a text as often, with another number in each.
func distinct(n int, what string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(what, "%", strings.Repeat("x", i+1)))
	}
	return b.String()
}

// TestLinear: twice the page costs twice as much.
func TestLinear(t *testing.T) {
	for name, what := range map[string]string{
		"paragraphs":     "<p>Hello</p>",
		"styles":         `<p style="margin:0;color:#333">Hello</p>`,
		"rules":          "<style>p{color:#333}.a,.b > .c{margin:0}</style>",
		"siblings":       "<style>p ~ div{color:#333}p + p + div{margin:1px}</style><p>x</p>",
		"selectors":      "<style>" + strings.Repeat("div ", 20) + "{color:#333}</style>",
		"open functions": "<style>a:not(</style>",
		"escapes":        `<style>\64\69\76{color:#333}</style>`,
		"declarations":   "<i style='" + strings.Repeat("color:#333;", 50) + "'>x</i>",
		"unclosed":       "<font color=#333><p>x",
		"cells":          "<table><tr><td><b>x",
		"items":          `<div style="display:flex"><p style="padding:1px;width:1px">x</p><p>y</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			page := func(n int) string { return strings.Repeat(what, n) + "{B}" }
			miltertest.CheckGrowth(t, 60, page, func(page string) { look(page, light()) })
		})
	}
}

// TestLinearSheets: twice the sheet costs twice as much, below the limits and beyond.
func TestLinearSheets(t *testing.T) {
	for name, what := range map[string]string{
		"list": "p,", "list of classes": ".a,", "descendants": "* ", "blocks": "{", "nested": "a{& b{", "nested names": "a{b{", "at-rules": "@media x{",
		"values": "a{--x:{", "attributes": "[a]", "brackets": "a[", "functions": "a:not(", "closing": "}a{color:red}", "unclosed": "a{color:rgb(",
		"semicolons": ";", "strings": "'", "imports": "@import 'a';", "fonts": "@font-face{src:url(a)}", "steps": "@keyframes a{to{top:0}}", "broken": "a{b:c{}d;e{}",
	} {
		t.Run(name, func(t *testing.T) {
			page := func(n int) string { return "<style>" + strings.Repeat(what, n) + "{color:red}</style><p>Hello</p>{B}" }
			for _, n := range []int{2_000, 60_000} {
				miltertest.CheckGrowth(t, n, page, func(page string) { look(page, light()) })
			}
		})
	}
}

// TestWork: what is read is counted.
func TestWork(t *testing.T) {
	page := strings.Repeat("<p>Hello</p>", 1000)
	defer func() {
		if _, stopped := recover().(work.Stop); !stopped {
			t.Error("it goes on")
		}
	}()
	seen.Look([]byte(page), []seen.Block{{ID: "x"}}, work.NewMeter(int64(len(page)/2), nil))
}

// TestGivesWay: a large page is read in steps between which it is asked whether anybody
// still waits.
func TestGivesWay(t *testing.T) {
	const size = 1 << 20
	for name, unit := range map[string]string{
		"text": "hello ", "elements": "<p class=a>hello hello</p>", "one style": "<style>" + strings.Repeat("a b{color:red}\n", 4000) + "</style>",
		"one attribute": `<p style="` + strings.Repeat("color:red;", 5000) + `">x</p>`,
	} {
		asked := 0
		page := strings.Repeat(unit, size/len(unit)) + "{B}"
		e := light()
		block := e.Put(&legal)
		seen.Look([]byte(strings.ReplaceAll(page, "{B}", block.HTML)), []seen.Block{{ID: block.ID, HTML: block.HTML}}, work.NewMeter(1<<40, func() error {
			asked++
			return nil
		}))
		if asked < size*8>>20 {
			t.Errorf("%s: it is asked %d times", name, asked)
		}
	}
}

// TestMemory: what a page is said to take, it does not exceed, whatever its sheets are
// made of. What is let go of meanwhile counts by half.
func TestMemory(t *testing.T) {
	if miltertest.Raced {
		t.Skip("the race detector takes more")
	}
	for _, unit := range []string{
		"p,", ".a,", "* ", "{", "a{& b{", "[a]", "a{b:c}", "a{color:red}", "a,b{color:red}", ".a>.b{margin:0}", "@media x{", "a:not(", "(", "'", "/**/", "a{--x:{",
	} {
		for _, page := range []string{
			"<style>" + strings.Repeat(unit, 300_000/len(unit)) + "</style><p>Hello</p>",
			`<p style="` + strings.Repeat(unit, 300_000/len(unit)) + `">Hello</p>`,
			"<style>" + strings.Repeat(unit, 3_000_000/len(unit)) + "</style><p>Hello</p>",
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			look(page+"{B}", light())
			runtime.ReadMemStats(&after)
			if took, said := int64(after.TotalAlloc-before.TotalAlloc)/2, seen.Memory([]byte(page)); took > said {
				t.Errorf("%.12s%.8s, %d bytes: it takes %d bytes, said are %d", page, unit, len(page), took, said)
			}
		}
	}
}

func BenchmarkLook(b *testing.B) {
	page := "<html><head><style>" + strings.Repeat("p.MsoNormal{margin:0;color:#333}.a>.b{color:#444}@media print{.c{display:none}}", 30) + "</style></head><body>" +
		strings.Repeat(`<p class=MsoNormal style="margin:0cm">Hello Ben, <b>the</b> offer.</p>`, 300) + "{B}</body></html>"
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if v := look(page, light()); v.Hidden != "" {
			b.Fatal(v)
		}
	}
}
