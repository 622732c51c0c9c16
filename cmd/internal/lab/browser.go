package lab

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Browser is a Chromium without a window, which shows HTML mails.
type Browser struct {
	t       testing.TB
	in      *os.File
	out     *bufio.Reader
	calls   int
	session string
}

// View is how a mail is looked at.
type View struct {
	Name   string
	Width  int
	Media  string // screen or print
	Scheme string // light or dark
}

// Views are the ways in which mails are looked at.
var Views = []View{{"light", 800, "screen", "light"}, {"dark", 800, "screen", "dark"}, {"narrow", 375, "screen", "light"}, {"print", 740, "print", "light"}}

// NewBrowser starts a Chromium for the length of a test, which is skipped where there is
// none, unless CI is set.
func NewBrowser(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("there is no chromium: make setup")
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
		"--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &Browser{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		b.session = ""
		b.send("Browser.close", map[string]any{})
		in.Close()
		cmd.Wait()
		out.Close()
	})
	target := b.call("Target.createTarget", map[string]any{"url": "about:blank"})["targetId"]
	b.session, _ = b.call("Target.attachToTarget", map[string]any{"targetId": target, "flatten": true})["sessionId"].(string)
	b.evaluate(looking + "; 0")
	return b
}

func (b *Browser) send(method string, params map[string]any) {
	b.calls++
	m := map[string]any{"id": b.calls, "method": method, "params": params}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	raw, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	b.in.Write(append(raw, 0))
}

// call asks the browser for something and waits for the answer.
func (b *Browser) call(method string, params map[string]any) map[string]any {
	b.t.Helper()
	b.send(method, params)
	for {
		raw, err := b.out.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var answer struct {
			ID     int
			Result map[string]any
			Error  map[string]any
		}
		if err := json.Unmarshal(raw[:len(raw)-1], &answer); err != nil {
			b.t.Fatal(err)
		}
		if answer.ID != b.calls {
			continue
		}
		if answer.Error != nil {
			b.t.Fatalf("%s: %v", method, answer.Error)
		}
		return answer.Result
	}
}

func (b *Browser) evaluate(code string) string {
	b.t.Helper()
	result := b.call("Runtime.evaluate", map[string]any{"expression": code, "awaitPromise": true, "returnByValue": true})
	if result["exceptionDetails"] != nil {
		b.t.Fatalf("%v", result["exceptionDetails"])
	}
	value, _ := result["result"].(map[string]any)["value"].(string)
	return value
}

// Hidden is why a text of a mail cannot be read in a view, "" when it can.
func (b *Browser) Hidden(page, text string, v View) string {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": v.Media, "features": []any{map[string]any{"name": "prefers-color-scheme", "value": v.Scheme}}})
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": v.Width, "height": 1500, "deviceScaleFactor": 1, "mobile": false})
	raw, err := json.Marshal([]any{page, text, v.Width})
	if err != nil {
		b.t.Fatal(err)
	}
	return b.evaluate(fmt.Sprintf("hidden(...%s)", raw))
}

// looking is how a text is looked at: where its letters are, what is in front there, how
// they and what is behind them are coloured.
const looking = `
async function hidden(page, text, width) {
  document.body.innerHTML = '';
  document.body.style.cssText = 'margin:0;background:#fff';
  const f = document.createElement('iframe');
  f.setAttribute('sandbox', 'allow-same-origin');
  f.style.cssText = 'border:0;display:block;width:' + width + 'px;height:1500px';
  f.srcdoc = page;
  await new Promise(r => { f.onload = r; document.body.append(f); });
  const doc = f.contentDocument, view = doc.defaultView;
  for (const a of doc.getAnimations()) { try { a.finish(); } catch (e) { a.currentTime = 1e6; a.pause(); } }
  const at = [], walker = doc.createTreeWalker(doc, NodeFilter.SHOW_TEXT);
  let all = '';
  for (let n; n = walker.nextNode();) for (let i = 0; i < n.data.length; i++) if (/\S/.test(n.data[i])) { all += n.data[i]; at.push([n, i]); }
  const want = text.replace(/\s+/g, '');
  let why = 'not there';
  for (let p = all.indexOf(want); p >= 0; p = all.indexOf(want, p + 1)) {
    why = '';
    let missing = 0, tops = new Set(), back = 0, last = null;
    for (const [n, i] of at.slice(p, p + want.length)) {
      const w = letter(doc, view, n, i);
      if (w) { missing++; why = w; }
      const r = rect(doc, n, i);
      tops.add(Math.round(r.top));
      if (last && Math.abs(last.top - r.top) < 3 && r.left <= last.left) back++;
      last = r;
    }
    if (missing > want.length * .1) continue;
    if (back > want.length / 3) { why = 'letters upon each other'; continue; }
    return '';
  }
  return why;
}
function rect(doc, n, i) { const r = doc.createRange(); r.setStart(n, i); r.setEnd(n, i + 1); return r.getBoundingClientRect(); }
function letter(doc, view, n, i) {
  let r = rect(doc, n, i);
  if (r.width < 1 || r.height < 7) return 'too small';
  if (r.bottom > 1500) { view.scrollTo(0, view.scrollY + r.top - 100); r = rect(doc, n, i); }
  const x = r.left + r.width / 2, y = r.top + r.height / 2;
  if (x < 0 || y < 0) return 'out of view';
  if (x > view.innerWidth) { view.scrollTo(view.scrollX + x - 50, view.scrollY); return letter2(doc, view, n, i); }
  return letter2(doc, view, n, i);
}
function letter2(doc, view, n, i) {
  const r = rect(doc, n, i), x = r.left + r.width / 2, y = r.top + r.height / 2, e = n.parentElement;
  const front = doc.elementFromPoint(x, y);
  if (!front || !(front === e || front.contains(e) || e.contains(front))) return 'something is in front';
  for (let p = e; p; p = p.parentElement) {
    const s = view.getComputedStyle(p);
    if (s.visibility != 'visible' && p === e || +s.opacity < .3) return 'not visible';
    if (/blur|opacity\(0|brightness\(0|contrast\(0/.test(s.filter)) return 'filtered';
    if (s.maskImage != 'none' || s.mixBlendMode != 'normal') return 'masked';
    if (s.webkitTextSecurity != 'none') return 'replaced';
    const m = new DOMMatrix(s.transform == 'none' ? '' : s.transform);
    if (m.a < .3 || m.d < .3 || s.rotate != 'none') return 'turned';
    for (const q of ['::before', '::after']) { const g = view.getComputedStyle(p, q); if (p === e && g.content != 'none' && g.position == 'absolute' && g.backgroundColor != 'rgba(0, 0, 0, 0)') return 'covered'; }
  }
  const s = view.getComputedStyle(e), text = parse(s.webkitTextFillColor);
  let ground = [255, 255, 255, 1];
  for (let p = e; p; p = p.parentElement) { const c = view.getComputedStyle(p), g = parse(c.backgroundColor); if (c.backgroundImage != 'none' && !/url/.test(c.backgroundImage)) return 'on a picture'; if (g[3] > .5) { ground = g; break; } }
  const line = view.getComputedStyle(doc.body).textDecorationLine;
  const a = lum(text), b = lum(ground);
  if (text[3] < .3 || (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 1.25) return 'no contrast';
  return '';
}
function parse(c) { const m = c.match(/[\d.]+/g).map(Number); if (/^color/.test(c)) return [m[0] * 255, m[1] * 255, m[2] * 255, m[3] ?? 1]; return [m[0], m[1], m[2], m[3] ?? 1]; }
function lum(c) { const f = v => (v /= 255) <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4); return .2126 * f(c[0]) + .7152 * f(c[1]) + .0722 * f(c[2]); }
`
