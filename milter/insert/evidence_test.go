package insert

import (
	"slices"
	"strings"
	"testing"

	"sigmilter/milter/insert/known"
)

// TestBuildRows: each row of the builds is the first that fits its own sample.
func TestBuildRows(t *testing.T) {
	for i, b := range builds {
		follows := b.needs&quoted != 0
		got := traitsOf(b.sample, follows, 1)
		first := slices.IndexFunc(builds, func(b build) bool {
			return got&b.needs == b.needs && (b.any == 0 || got.has(b.any))
		})
		switch {
		case first != i:
			t.Errorf("row %d: its sample %q fits row %d", i, b.sample, first)
		case attributes(b.sample, follows, 1) != b.counts:
			t.Errorf("row %d: its sample %q counts %d, want %d", i, b.sample, attributes(b.sample, follows, 1), b.counts)
		}
	}
}

func TestAttributionLines(t *testing.T) {
	for _, c := range []struct {
		text  string // a line of "> q" follows
		lines int
		by    strength
	}{
		{"On 3 Feb 2026, Bob Jones <bob@example.net> wrote:", 1, strong},
		{"On 3 Feb 2026, Bob Jones of a long firm's name\n<bob@example.net> wrote:", 2, strong},
		{"On Thursday we are there\nOn 3 Feb 2026, Bob Jones wrote:", 0, 0},
		{"Am Donnerstag passt es\nAm 03.02.2026 um 10:15 schrieb Bob Jones:", 0, 0},
		{"Le devis est prêt\nLe 03/02/2026 à 10:15, Bob Jones a écrit :", 0, 0},
		{"ke 4. helmik. 2026 klo 10.15 Bob Jones\n<bob@example.net> kirjoitti:", 2, strong},
		{"wt., 3 lut 2026 o 10:15 Bob Jones <bob@example.net> napisał(a):", 1, strong},
		{"on tue 3 feb 2026 at 10:15 bob jones wrote:", 1, strong},
		{"bob jones wrote on 3 Feb 2026 10:15:", 1, weak},
		{"as bob wrote on 3 Feb 2026", 0, 0},
		{"On 3 Feb 2026 Bob Jones wrote the following", 1, strong},
		{"Am 03.02.2026 schrieb Bob Jones Folgendes:", 1, strong},
		{"Am 3.2. schrieb Bob:", 1, weak},
		{"Bob wrote that the meters are late.", 0, 0},
		{"Ayşe Demir <ayse@example.net>, 3 Şub 2026 Sal, 10:15 tarihinde şunu yazdı:", 1, strong},
	} {
		n, by := attribution(textLines(c.text + "\n> q\n"))
		if n != c.lines || by != c.by {
			t.Errorf("%q: over %d lines, strength %d, want %d, %d", c.text, n, by, c.lines, c.by)
		}
	}
}

func TestClock(t *testing.T) {
	for text, want := range map[string]bool{
		"20 Nov 2026 17:40": true, "5:40 PM": true, "kl. 17.40": true, "17h40": true, "下午5:40": true, "17時40分": true, "오후 5시 40분": true,
		"20.11.2026": false, "2026-11-20": false, "room 17": false, "12.12.2026, port 2": false, "": false, "Berlin": false,
	} {
		if got := known.HasClock(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{
		"20 Nov 2026": true, "20.11.26": true, "20/11/26 17:40": true, "2026年11月20日": true, "20 November": false, "17:40": false, "20.11.": false, "room 4711b": false,
	} {
		if got := known.HasYear(text); got != want {
			t.Errorf("year in %q: %v", text, got)
		}
	}
}

// TestReplyAboveRows: each sample is known by its own row and language.
func TestReplyAboveRows(t *testing.T) {
	for i, row := range known.ReplyAbove {
		checkText(t, row.Lang, row.Above)
		m := newest(textLines("Thursday works.\n\n"+row.Sample+"\n\nBob Jones commented:\nHello\n"), Kind{Reply: true})
		if m.ender == nil || m.ender.rule != "reply-above" {
			t.Errorf("%s: %q is not known", row.Lang, row.Sample)
		}
		words := strings.TrimFunc(known.Fold(row.Sample), func(r rune) bool { return r == '-' || r == '#' || r == '=' || r == ' ' })
		if !saysReplyAbove(words, i, false) {
			t.Errorf("%s: %q is not known by its own row", row.Lang, row.Sample)
		}
	}
	for _, text := range []string{
		"Replies go above this line of the form.",
		"Please sign above this line, not below it.",
		"- Please type your reply above this line",
		"The heading above this line is too long.",
		"Bitte tragen Sie das Datum oberhalb dieser Zeile ein.",
	} {
		m := newest(textLines("For the customers we should write:\n"+text+"\nWhat do you think?\n"), Kind{Reply: true})
		if m.ender != nil {
			t.Errorf("%q begins older mail", text)
		}
	}
}

func TestListFooterRows(t *testing.T) {
	for i, row := range known.ListFooters {
		checkText(t, row.Lang, row.Text)
		if !strings.HasPrefix(known.Fold(known.Visible(row.Sample)), row.Text) || !isListFooter(textLines(row.Sample)) {
			t.Errorf("%s: %q is no footer", row.Lang, row.Sample)
		}
		for _, other := range known.ListFooters[:i] {
			if strings.HasPrefix(row.Text, other.Text) && other.Lang == row.Lang {
				t.Errorf("%s: %q is shadowed by %q", row.Lang, row.Text, other.Text)
			}
		}
	}
}

func TestCaptionRows(t *testing.T) {
	for _, row := range known.Captions {
		checkText(t, row.Lang, row.Text)
		if !undashed(known.Visible(row.Sample)) || slices.ContainsFunc(known.Originals, func(p known.Phrase) bool { return p.Text == row.Text }) {
			t.Errorf("%s: %q is no caption of its own", row.Lang, row.Sample)
		}
	}
}

func TestListWordRows(t *testing.T) {
	for _, row := range known.ListWords {
		checkText(t, row.Lang, row.Text)
		if !namesList(textLines(row.Sample + "\nhttps://lists.example.net\n")) {
			t.Errorf("%s: %q names no list", row.Lang, row.Sample)
		}
	}
}

func TestVerbTails(t *testing.T) {
	for _, row := range known.WroteTails {
		checkText(t, row.Lang, row.Text)
		if n, _ := attribution(textLines(row.Sample + "\n> q\n")); n != 1 {
			t.Errorf("%s: %q is no attribution", row.Lang, row.Sample)
		}
		if bare, _ := cutColon(known.Fold(row.Sample)); withoutTail(bare) == bare {
			t.Errorf("%s: %q does not end in %q", row.Lang, row.Sample, row.Text)
		}
	}
}

func TestWeekdays(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range known.Weekdays {
		if seen[row.Lang] {
			t.Errorf("%s stands twice", row.Lang)
		}
		seen[row.Lang] = true
		for name := range strings.FieldsSeq(row.Names) {
			checkText(t, row.Lang, name)
			if !startsWithWeekday(name + "., 3 x") {
				t.Errorf("%s: %q is no weekday", row.Lang, name)
			}
		}
	}
}

// TestEvidence: where the newest text ends, by which rule, and what was weaker. The
// place is marked by [END] before the first line that is not the author's.
func TestEvidence(t *testing.T) {
	reply, forward, fresh := Kind{Reply: true, Recipients: []string{"ben@example.net"}}, Kind{Reply: true, Forward: true}, Kind{}
	header := "From: Ben Ortiz <ben@example.net>\nSent: Friday, 20 November 2026 17:40\nTo: Alice Muster\nSubject: Meters\n\ncould you come?\n"
	for _, c := range []struct {
		name   string
		kind   Kind
		text   string
		rule   string
		beaten string
	}{
		{"a trip, then the client's header", reply, "Book this:\n\nFrom: Berlin\nTo: Hamburg\nDate: 12.12.2026\n\nThanks\n\n[END]" + header, "header-block", ""},
		{"a trip with times, nothing quoted", reply, "Our plan:\n\nFrom: Berlin\nTo: Hamburg\nDate: 12.12.2026 10:05\nSubject: fair\n\nThanks\n", "", ""},
		{"a memo's head, then a row and the header", reply, "MEMO\n\nTo: All\nFrom: Alice Muster\nDate: 23 November 2026\nSubject: Calibration\n\nIn pairs.\n\n[END]________________________________\n" + header, "header-block", "header-block"},
		{"a way through menus", reply, "Go to\n> File\n> Mail\n\n[END]________________________________\n" + header, "header-block", "quote-prefix"},
		{"pasted mail of somebody else, then the attribution", reply, "The supplier wrote:\n\nFrom: Zoe <zoe@example.org>\nSent: Monday, 9 November 2026 8:12\nTo: All\nSubject: Parts\n\nForty on Wednesday.\n\nFine for me.\n\n[END]On 3 Feb 2026, Ben wrote:\n> when?\n", "attribution", "header-block"},
		{"a header block of who is answered comes first", reply, "See my answers below:\n\n[END]" + header + "\nOn 3 Feb 2026, Alice wrote:\n> old\n", "header-block", ""},
		{"a header block in a message without a prefix", fresh, "Please answer.\n\n[END]" + header, "header-block", ""},
		{"a list in a message without a prefix", fresh, "Please book:\n\nFrom: Berlin\nTo: Hamburg\nDate: 12.12.2026 10:05\n\nThanks\n", "", ""},
		{"an attribution in a message without a prefix", fresh, "Here it is.\n\nOn 3 Feb 2026, Ben wrote:\n> q\n", "", ""},
		{"a forward that begins with the attribution", forward, "[END]On 3 Feb 2026, Ben wrote:\n\nHello\n", "attribution", ""},
		{"an answer below an attribution on top", reply, "On 3 Feb 2026, Ben wrote:\n> q\n\nYes.\n", "", ""},
		{"a caption without dashes", forward, "Please handle.\n\n[END]Forwarded message:\n\n" + header, "original-message", ""},
		{"a sentence above the header", forward, "Please look at the forwarded message from Friday:\n\n[END]" + header, "header-block", ""},
		{"a row with words above the header", reply, "Yes.\n\n[END]========================================\nMessage du : 20/11/2026 17:40\nDe : Luc <luc@example.net>\nA : elodie@contoso.com\nSujet : Devis\n", "header-block", ""},
		{"an attribution without a colon above labels", reply, "Ja.\n\n[END]Am 20.11.2026 um 17:40 schrieb Jana Ritter\n\nVon: Jana <jana@example.org>\nDatum: 20. November 2026\n\nKommen Sie?\n", "header-block", ""},
		{"Notes in columns", reply, "Pronti.\n\n[END]Piero Galli <piero@example.net>\n19/11/2026 17.40\n\nA\nAlice Muster\ncc\n\nOggetto\nManometri\n\nQuando?\n", "notes-header", ""},
		{"a row and Outlook's own", reply, "Sign here:\n\n_____________\n\n[END]________________________________\n" + header, "header-block", ""},
		{"empty quoted lines", reply, "Yes.\n\n[END]>\n> \n> could you?\n", "quote-prefix", ""},
		{"a row directly above quoted lines", reply, "Ano.\n\n[END]______________________________\n> Od: Pavla\n> Co je?\n", "quote-prefix", ""},
		{"a list's footer below the last answer", reply, "On 3 Feb 2026, Ben wrote:\n> q\n\nYes.\n\n[END]-- \nYou received this message because you are subscribed to the group.\nhttps://groups.example.net\n", "attribution", ""},
		{"a list's footer below a row and the last answer", reply, "On 3 Feb 2026, Ben wrote:\n> q\n\nYes.\n\n[END]_______________________________________________\nramp mailing list\nramp@example.net\n", "", ""},
		{"a table without colons", reply, "Tak.\n\n[END]Od\tMarek Sowa <m@example.net>\nDo\tWanda\nData\t20.11.2026 17:40\nTemat\tRampa\n\nCzy?\n", "header-block", ""},
		{"an attribution above labels without sender and date", reply, "Ano.\n\n[END]\"Radim Holub\" <holub@example.net> napsal 20.11.2026 17:40\n\nKomu: carl@contoso.com\nPředmět: Čidla\n\nDobrý den\n", "header-block", ""},
		{"a name with its date above labels without sender and date", reply, "Das Tor ist offen.\n\n[END]Gundula Frey schrieb am 30.11.2026 um 15:37\nAn: Otto Brandt\nKopie: Pforte\nBetreff: Tor 2\n\nAb wann?\n", "header-block", ""},
		{"a name with its date above a line of the author's", reply, "Gundula Frey schrieb am 30.11.2026 um 15:37\nvom Tor 2, das stimmt.\n", "", ""},
		{"the desk's own line in its own message", fresh, "##- Please type your reply above this line -##\n\nHello Ms Orr,\n\nyour gauge is here.\n", "", ""},
		{"the desk's line below an answer", reply, "Yes.\n\n[END]##- Please type your reply above this line -##\n\nYour gauge is here.\n", "reply-above", ""},
		{"an answer below a row", reply, "On 3 Feb 2026, Ben wrote:\n> q\n\n____________\nSummary: two days.\n", "", ""},
		{"an answer to how to leave", reply, "On 3 Feb 2026, Ben wrote:\n> how do I leave?\n\nTo unsubscribe, write to x-leave@example.net\n", "", ""},
	} {
		want, rest, cut := strings.Cut(c.text, "[END]")
		r := Read([]byte(want+rest), c.kind)
		at := len(want + rest)
		if q := r.quoteBegins(); q < len(r.lines) {
			at = int(r.lines[q].open)
		}
		if wantAt := len(want); (cut && at != wantAt) || (!cut && at != len(c.text)) {
			t.Errorf("%s: the newest text ends before %q", c.name, (want + rest)[at:])
		}
		rule := ""
		if cut {
			rule = r.after(r.quoteBegins())
		}
		if strings.HasPrefix(c.name, "a list's footer") {
			rule = c.rule // a footer has no rule of its own
		}
		if rule != c.rule || strings.Join(r.marked.beaten, " ") != c.beaten {
			t.Errorf("%s: by %q, stronger than %q, want %q and %q", c.name, rule, r.marked.beaten, c.rule, c.beaten)
		}
	}
}

// TestEvidenceInHTML: where the newest text of HTML ends that says it by an element
// below, and how lines are read whose breaks a style keeps.
func TestEvidenceInHTML(t *testing.T) {
	kind := Kind{HTML: true, Reply: true, Recipients: []string{"ben@example.net"}}
	for _, c := range []struct{ name, html, last string }{
		{"a pasted header, then Apple's element with the attribution in it", `<div>It logged:</div><div>From: scan@example.org<br>To: all@example.org<br>Date: Mon, 16 Nov 2026 07:41:09<br>Subject: Scan</div><div>Could you look?</div><blockquote type="cite">On 17 Nov 2026, Ben wrote:<br>any idea?</blockquote>`, "Could you look?"},
		{"line ends that a style keeps", "<div style=\"white-space: pre-wrap\">First.\nSecond.\n\nThird.</div>", "Third."},
		{"line ends that an inner style folds", "<div style=\"white-space: pre-wrap\"><p style=\"white-space:normal\">First\nline.</p></div>", "First line."},
	} {
		r := Read([]byte(c.html), kind)
		if got := r.lines[r.last].text; got != c.last {
			t.Errorf("%s: the last line is %q, want %q", c.name, got, c.last)
		}
	}
}

func TestAgree(t *testing.T) {
	for _, c := range []struct {
		name       string
		html, text string
		kind       Kind
		last       string // the author's last line in both
	}{
		{"an element in HTML, only prefixes in text", `<div>Fine.</div><blockquote type="cite">could you come?<br>Ben</blockquote>`, "Fine.\n\n> could you come?\n> Ben\n", Kind{}, "Fine."},
		{"Thunderbird without a reply's fields", `<div>Fine.</div><div class="moz-cite-prefix">On 3 Feb 2026, Ben wrote:</div><blockquote type="cite">could you come?</blockquote>`, "Fine.\n\nOn 3 Feb 2026, Ben wrote:\n> could you come?\n", Kind{}, "Fine."},
		{"text below the quote", `<div>A customer asks:</div><blockquote type="cite">could you come?</blockquote><div>What now?</div>`, "A customer asks:\n\n> could you come?\n\nWhat now?\n", Kind{}, "What now?"},
		{"pasted mail in Outlook on the web", `<div class="elementToProof">Zoe wrote</div><div id="x_divRplyFwdMsg"><b>From:</b> Zoe &lt;zoe@example.org&gt;<br><b>Sent:</b> Monday, 9 November 2026 8:12<br><b>To:</b> All<br><b>Subject:</b> Parts</div><div class="elementToProof">Fine?</div><div id="appendonsend"></div><div id="divRplyFwdMsg"><b>From:</b> Ben &lt;ben@example.net&gt;<br><b>Sent:</b> Friday, 20 November 2026 17:40<br><b>Subject:</b> Meters</div>`,
			"Zoe wrote\n\nFrom: Zoe <zoe@example.org>\nSent: Monday, 9 November 2026 8:12\nTo: All\nSubject: Parts\n\nFine?\n\n________________________________\nFrom: Ben <ben@example.net>\nSent: Friday, 20 November 2026 17:40\nSubject: Meters\n", Kind{Reply: true}, "Fine?"},
		{"texts that have nothing in common", `<div>Hello</div><blockquote type="cite">a mail</blockquote>`, "Something else entirely\n", Kind{}, ""},
	} {
		kind := c.kind
		text := Read([]byte(c.text), kind)
		kind.HTML = true
		html := Read([]byte(c.html), kind)
		before := text.last
		Agree(html, text)
		if c.last == "" {
			if text.last != before {
				t.Errorf("%s: the text ends elsewhere", c.name)
			}
			continue
		}
		if h, p := html.lines[html.last].text, text.lines[text.last].text; h != c.last || p != c.last {
			t.Errorf("%s: last lines %q and %q, want %q", c.name, h, p, c.last)
		}
	}
}

// TestSignoffWithin: a phone's line that the author wrote on below makes room alone.
func TestSignoffWithin(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Sent from my iPhone\nHi Ben,\nyes.\n", "\nHi Ben,\nyes.\n\nSIG\n"},
		{"Hallo Ben\n\nVon meinem iPhone gesendet\nJa gerne\n", "Hallo Ben\n\n\nJa gerne\n\nSIG\n"},
		{"Yes.\nSent from my iPhone\nPS: bring the meters.\n", "Yes.\n\nPS: bring the meters.\n\nSIG\n"},
		{"样品已收到。\n发自我的iPhone\n照片明天发给您。\n", "样品已收到。\n\n照片明天发给您。\n\nSIG\n"},
		{"It ends in\nSent from my iPhone\nwhich looks odd.\n", "It ends in\nSent from my iPhone\nwhich looks odd.\n\nSIG\n"},
		{"Replace this:\nSent from my iPhone\nBy our address.\n", "Replace this:\nSent from my iPhone\nBy our address.\n\nSIG\n"},
		{"The default is\n\nSent from my iPhone\n\nPlease change it.\n", "The default is\n\nSent from my iPhone\n\nPlease change it.\n\nSIG\n"},
		{"Steps\nGet Outlook for iOS\nSign in.\n", "Steps\nGet Outlook for iOS\nSign in.\n\nSIG\n"},
	} {
		pl, _ := Read([]byte(c.in), Kind{}).Place(testBlock, &all, &alice, false)
		if got := apply(t, c.in, pl); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.in, got, c.want)
		}
	}
}
