package insert

import (
	"hash/fnv"
	"slices"
	"strings"
	"testing"
)

// pupil is Alice as mails are remembered of her, one on each day.
type pupil struct {
	person Person
	memory Memory
}

func newPupil() *pupil {
	p := &pupil{person: alice, memory: Memory{Hash: testHash}}
	p.person.Values = append(slices.Clone(alice.Values), "Gauge Street 7")
	p.person.Memory = &p.memory
	return p
}

func testHash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// write places the block in a mail of the next day, and remembers the mail.
func (p *pupil) write(t *testing.T, text string, kind Kind) (Placement, int) {
	t.Helper()
	p.memory.Today++
	return p.writeAgain(t, text, kind)
}

// writeAgain is write on the same day.
func (p *pupil) writeAgain(t *testing.T, text string, kind Kind) (Placement, int) {
	t.Helper()
	r := Read([]byte(text), kind)
	pl, refusal := r.Place(testBlock, &all, &p.person, false)
	if refusal != "" {
		t.Fatalf("refused: %s", refusal)
	}
	e, ok := r.Ending(&p.person)
	if ok {
		p.memory.Endings = append(p.memory.Endings, e)
	}
	return pl, e.Signature
}

// asHTML is a text as a client writes it in HTML: a paragraph for each, and lines
// broken in it.
func asHTML(text string) string {
	var b strings.Builder
	for _, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		b.WriteString("<p>" + strings.ReplaceAll(p, "\n", "<br>\n") + "</p>\n")
	}
	return "<html><body>" + b.String() + "</body></html>"
}

// Signatures that nothing else would tell. The last of the mails is the one in which
// the signature is replaced.
func TestLearned(t *testing.T) {
	cases := []struct {
		name    string
		mails   []string
		removed []string
	}{
		{"title and initial before the name, a slogan below", []string{
			"Hi Bob,\n\nthe samples are on their way.\n\nBest regards\nAlice\n\nDr. A. Muster\nGauges since 1921\nMeasure twice.",
			"Hi Jim,\n\nplease look at this.\n\nKind regards\nAlice\n\nDr. A. Muster\nGauges since 1921\nMeasure twice.",
			"Hi Eve,\n\nno news yet.\n\nThanks\nAlice\n\nDr. A. Muster\nGauges since 1921\nMeasure twice.",
		}, []string{"Dr. A. Muster", "Gauges since 1921", "Measure twice."}},
		{"German, without a greeting name", []string{
			"Hallo Bob,\n\ndie Muster sind da.\n\nMit freundlichen Grüßen\n\ni. A. Muster\nAbt. Prüfmittel\nDurchwahl 78",
			"Hallo Jan,\n\nbitte um Rückruf.\n\nViele Grüße\n\ni. A. Muster\nAbt. Prüfmittel\nDurchwahl 78",
			"Guten Tag,\n\nanbei das Angebot.\n\nMit freundlichen Grüßen\n\ni. A. Muster\nAbt. Prüfmittel\nDurchwahl 78",
		}, []string{"i. A. Muster", "Abt. Prüfmittel", "Durchwahl 78"}},
		{"no closing, other texts above", []string{
			"Hello,\n\nthe offer is attached.\n\nAlice Muster | Testing\nwww.contoso.com",
			"Hello,\n\nwe meet at nine.\n\nAlice Muster | Testing\nwww.contoso.com",
			"Hello,\n\nBob wants the red ones.\n\nAlice Muster | Testing\nwww.contoso.com",
		}, []string{"Alice Muster | Testing", "www.contoso.com"}},
		{"a row of dashes stays", []string{
			"Hello,\n\nthe offer is attached.\n\n________\nAlice Muster | Testing\nwww.contoso.com",
			"Hello,\n\nwe meet at nine.\n\n________\nAlice Muster | Testing\nwww.contoso.com",
			"Hello,\n\nBob wants the red ones.\n\n________\n\nAlice Muster | Testing\nwww.contoso.com",
		}, []string{"Alice Muster | Testing", "www.contoso.com"}},
		{"half of it is found by its data, all goes", []string{
			"Hi Bob,\n\nthe samples are here.\n\nRegards\n\nAlice Muster\nHead of Testing\n+49 30 12345678\n\nour gauges travel the world\nblue ones are the best\nsince 1921",
			"Hi Jim,\n\nplease look at this.\n\nRegards\n\nAlice Muster\nHead of Testing\n+49 30 12345678\n\nour gauges travel the world\nblue ones are the best\nsince 1921",
			"Hi Eve,\n\nno news yet.\n\nRegards\n\nAlice Muster\nHead of Testing\n+49 30 12345678\n\nour gauges travel the world\nblue ones are the best\nsince 1921",
		}, []string{"Alice Muster", "Head of Testing", "+49 30 12345678", "our gauges travel the world", "blue ones are the best", "since 1921"}},
		{"labels in cells of their own", []string{
			"Hi Bob,\n\nthe samples are here.\n\nCheers\n\nA. Muster\nTel.:\n+49 30 12345678",
			"Hi Jim,\n\nplease look at this.\n\nCheers\n\nA. Muster\nTel.:\n+49 30 12345678",
			"Hi Eve,\n\nno news yet.\n\nCheers\n\nA. Muster\nTel.:\n+49 30 12345678",
		}, []string{"A. Muster", "Tel.:", "+49 30 12345678"}},
		{"a delimiter goes too", []string{
			"Hi Bob,\n\nthe samples are here.\n--\ni. A. Muster\nMeasure twice.",
			"Hi Jim,\n\nplease look at this.\n--\ni. A. Muster\nMeasure twice.",
			"Hi Eve,\n\nno news yet.\n--\ni. A. Muster\nMeasure twice.",
		}, []string{"--", "i. A. Muster", "Measure twice."}},
		{"the old one first, then another", []string{
			"Hi Bob,\n\nthe samples are here.\n\nRegards\n\nA. Muster\nold slogan",
			"Hi Jim,\n\nplease look at this.\n\nRegards\n\nA. Muster\nold slogan",
			"Hi Eve,\n\nno news yet.\n\nRegards\n\nA. Muster\nnew slogan",
			"Hi Max,\n\nplease call.\n\nRegards\n\nA. Muster\nnew slogan",
			"Hi Uwe,\n\nit is done.\n\nRegards\n\nA. Muster\nnew slogan",
		}, []string{"A. Muster", "new slogan"}},
		{"Japanese, the name in two parts", []string{
			"田中様\n\n資料をお送りします。\n\nよろしくお願いいたします。\n\nMuster アリス\n計測部 12345678",
			"佐藤様\n\n会議は九時からです。\n\nよろしくお願いいたします。\n\nMuster アリス\n計測部 12345678",
			"鈴木様\n\n確認しました。\n\nよろしくお願いいたします。\n\nMuster アリス\n計測部 12345678",
		}, []string{"Muster アリス", "計測部 12345678"}},
	}
	for _, c := range cases {
		for _, kind := range []Kind{{}, {HTML: true}} {
			name := c.name
			if kind.HTML {
				name += ", HTML"
			}
			t.Run(name, func(t *testing.T) {
				p := newPupil()
				for i, text := range c.mails {
					if kind.HTML {
						text = asHTML(text)
					}
					pl, n := p.write(t, text, kind)
					if last := i == len(c.mails)-1; !last && (pl.By == "learned" || n > 0) {
						t.Fatalf("mail %d: taken already: %q", i, pl.Removed)
					} else if last && (pl.By != "learned" || !slices.Equal(pl.Removed, c.removed)) {
						t.Errorf("by %q, removed %q, want %q", pl.By, pl.Removed, c.removed)
					}
				}
			})
		}
	}
}

// What repeats and is the author's text all the same.
func TestLearnedKeeps(t *testing.T) {
	cases := []struct {
		name  string
		mails []string
	}{
		{"closing and name alone", []string{
			"The figures are done.\n\nThanks\nAlice", "We meet at nine.\n\nThanks\nAlice", "Bob called.\n\nThanks\nAlice",
		}},
		{"closing and whole name alone", []string{
			"The figures are done.\n\nThanks\nAlice Muster", "We meet at nine.\n\nThanks\nAlice Muster", "Bob called.\n\nThanks\nAlice Muster",
		}},
		{"the same report each day", []string{
			"All gauges run.\nNothing to report.\n\nAlice Muster\nGauge Street 7", "All gauges run.\nNothing to report.\n\nAlice Muster\nGauge Street 7",
			"All gauges run.\nNothing to report.\n\nAlice Muster\nGauge Street 7", "All gauges run.\nNothing to report.\n\nAlice Muster\nGauge Street 7",
		}},
		{"nothing but it", []string{
			"Alice Muster\nGauge Street 7", "Alice Muster\nGauge Street 7", "Alice Muster\nGauge Street 7",
		}},
		{"a weekly reminder that ends in where to send it", []string{
			"Dear all,\nthe sheets of May are due.\n\nSend them to:\nAlice Muster\nGauge Street 7",
			"Dear all,\nthe sheets of June are due.\n\nSend them to:\nAlice Muster\nGauge Street 7",
			"Dear all,\nthe sheets of July are due.\n\nSend them to:\nAlice Muster\nGauge Street 7",
		}},
		{"the same without a colon", []string{
			"Dear all,\nthe sheets of May are due. Send them to\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nthe sheets of June are due. Send them to\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nthe sheets of July are due. Send them to\n\nAlice Muster\nGauge Street 7",
		}},
		{"the same, as a sentence", []string{
			"Dear all,\nplease send the sheets of May by Friday to this address.\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nplease send the sheets of June by Monday to this address.\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nplease send the sheets of July by Tuesday to this address.\n\nAlice Muster\nGauge Street 7",
		}},
		{"an address that is asked for, the sentences differ", []string{
			"Hi Bob,\nthe office has moved.\n\nAlice Muster\nGauge Street 7", "Hi Jim,\nit was a pleasure.\n\nAlice Muster\nGauge Street 7",
			"Hallo Eva,\nbitte an die folgende Anschrift.\n\nAlice Muster\nGauge Street 7",
		}},
		{"a salutation and an address", []string{
			"Hi Bob,\n\nAlice Muster\nGauge Street 7", "Hi Jim,\n\nAlice Muster\nGauge Street 7", "Hi Eve,\n\nAlice Muster\nGauge Street 7",
		}},
		{"a salutation with an exclamation mark", []string{
			"Hello Bob!\n\nAlice Muster\nGauge Street 7", "Hello Jim!\n\nAlice Muster\nGauge Street 7", "Hello Eve!\n\nAlice Muster\nGauge Street 7",
		}},
		{"no end of a sentence above", []string{
			"Hello,\n\nthe keys are here.\n\nAlice Muster\nGauge Street 7", "Hello,\n\nwe meet at nine.\n\nAlice Muster\nGauge Street 7", "Hello,\n\nplease have the box brought to\n\nAlice Muster\nGauge Street 7",
		}},
		{"text directly above", []string{
			"Hello,\n\nthe keys are with\nAlice Muster\nGauge Street 7", "Hello,\n\nthe boxes are for\nAlice Muster\nGauge Street 7", "Hello,\n\nthe tools come from\nAlice Muster\nGauge Street 7",
		}},
		{"a sentence directly above", []string{
			"Hello,\n\nthe keys are there.\nAlice Muster\nGauge Street 7", "Hello,\n\nthe boxes are gone.\nAlice Muster\nGauge Street 7", "Hello,\n\nwe need the tools today.\nAlice Muster\nGauge Street 7",
		}},
		{"several people sign", []string{
			"The figures are done.\n\nThanks\n\nAlice Muster\nBob Jones", "We meet at nine.\n\nThanks\n\nAlice Muster\nBob Jones", "Bob called.\n\nThanks\n\nAlice Muster\nBob Jones",
		}},
		{"several people sign, German", []string{
			"Die Muster sind da.\n\nMit freundlichen Grüßen\n\ni. V. Alice Muster\nBernd Jonas\nKarla Ott", "Bitte um Rückruf.\n\nMit freundlichen Grüßen\n\ni. V. Alice Muster\nBernd Jonas\nKarla Ott",
			"Anbei das Angebot.\n\nMit freundlichen Grüßen\n\ni. V. Alice Muster\nBernd Jonas\nKarla Ott",
		}},
		{"several people sign, Japanese", []string{
			"資料をお送りします。\n\nよろしくお願いいたします。\n\nMuster アリス\n田中 太郎", "会議は九時からです。\n\nよろしくお願いいたします。\n\nMuster アリス\n田中 太郎", "確認しました。\n\nよろしくお願いいたします。\n\nMuster アリス\n田中 太郎",
		}},
		{"whom to call, below the closing", []string{
			"The figures are done.\n\nThanks\nAlice\n\nIn urgent cases call\nAlice Muster +49 30 12345678\nBob Jones +49 30 7654321",
			"We meet at nine.\n\nThanks\nAlice\n\nIn urgent cases call\nAlice Muster +49 30 12345678\nBob Jones +49 30 7654321",
			"Bob called.\n\nThanks\nAlice\n\nIn urgent cases call\nAlice Muster +49 30 12345678\nBob Jones +49 30 7654321",
		}},
		{"a label before an address", []string{
			"The figures are done.\n\nThanks\n\nAlice Muster\nPickup:\nGauge Street 7", "We meet at nine.\n\nThanks\n\nAlice Muster\nPickup:\nGauge Street 7", "Bob called.\n\nThanks\n\nAlice Muster\nPickup:\nGauge Street 7",
		}},
		{"a postscript", []string{
			"The figures are done.\n\nThanks\n\nAlice Muster\nPS: call +49 30 12345678\nat any time", "We meet at nine.\n\nThanks\n\nAlice Muster\nPS: call +49 30 12345678\nat any time", "Bob called.\n\nThanks\n\nAlice Muster\nPS: call +49 30 12345678\nat any time",
		}},
		{"text below it today", []string{
			"The figures are done.\n\nThanks\n\nA. Muster\nGauges since 1921", "We meet at nine.\n\nThanks\n\nA. Muster\nGauges since 1921",
			"Bob called.\n\nThanks\n\nA. Muster\nGauges since 1921\n\nI forgot: the keys are with Jim.",
		}},
		{"nobody's data", []string{
			"The figures are done.\n\nThanks\n\nMeasure twice\ncut once", "We meet at nine.\n\nThanks\n\nMeasure twice\ncut once", "Bob called.\n\nThanks\n\nMeasure twice\ncut once",
		}},
		{"nothing but the company", []string{
			"The figures are done.\n\nThanks\n\nContoso GmbH\nwe measure twice", "We meet at nine.\n\nThanks\n\nContoso GmbH\nwe measure twice", "Bob called.\n\nThanks\n\nContoso GmbH\nwe measure twice",
		}},
		{"sentences that end alike", []string{
			"Dear all,\nplease leave the sheets of May by Friday in room nine.\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nplease leave the sheets of June by Monday in room nine.\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nplease leave the sheets of July by Tuesday in room nine.\n\nAlice Muster\nGauge Street 7",
		}},
		{"sentences of earlier mails that end alike", []string{
			"Dear all,\nplease leave the sheets of May by Friday in room nine.\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nplease leave the sheets of June by Monday in room nine.\n\nAlice Muster\nGauge Street 7",
			"Dear all,\nthis time they are collected at the gate.\n\nAlice Muster\nGauge Street 7",
		}},
		{"a word of thanks at the end of what is asked for", []string{
			"The figures are done.\n\nThanks\n\nAlice Muster\nGauge Street 7", "We meet at nine.\n\nThanks\n\nAlice Muster\nGauge Street 7", "Hi Bob,\n\nto my new address, many thanks\n\nAlice Muster\nGauge Street 7",
		}},
		{"a ranking", []string{
			"The week is over.\n\nBest\nAlice Muster 12 points\nBob Jones 11 points", "The week is over.\n\nBest\nAlice Muster 13 points\nBob Jones 12 points", "The week is over.\n\nBest\nAlice Muster 14 points\nBob Jones 11 points",
		}},
		{"Russian, where to send it", []string{
			"Добрый день!\nОтчёт за май готов. Прошу отправить образцы по адресу\n\nAlice Muster\nGauge Street 7",
			"Добрый день!\nОтчёт за июнь готов. Прошу отправить образцы по адресу\n\nAlice Muster\nGauge Street 7",
			"Добрый день!\nОтчёт за июль готов. Прошу отправить образцы по адресу\n\nAlice Muster\nGauge Street 7",
		}},
		{"Japanese, where to send it", []string{
			"五月分の書類を下記へお送りください。\n\nAlice Muster\nGauge Street 7", "六月分は来週まで下記宛にお願いします。\n\nAlice Muster\nGauge Street 7", "七月分を下記住所までお願いします。\n\nAlice Muster\nGauge Street 7",
		}},
		{"Spanish, a colon and blank lines", []string{
			"Hola,\nlos planos de mayo se envían a:\n\n\nAlice Muster\nGauge Street 7", "Hola,\nlos planos de junio se envían a:\n\n\nAlice Muster\nGauge Street 7", "Hola,\nlos planos de julio se envían a:\n\n\nAlice Muster\nGauge Street 7",
		}},
		{"one line", []string{
			"The figures are done.\n\nThanks\n\nA. Muster +49 30 12345678", "We meet at nine.\n\nThanks\n\nA. Muster +49 30 12345678", "Bob called.\n\nThanks\n\nA. Muster +49 30 12345678",
		}},
		{"a closing that no table knows", []string{
			"Lehen mezua hemen dago.\n\nOndo ibili\nA. Muster\nGauge Street 7", "Bigarren mezua hemen dago.\n\nOndo ibili\nA. Muster\nGauge Street 7", "Azken txostena dugu gaur.\n\nOndo ibili\nA. Muster\nGauge Street 7",
		}},
		{"another number today", []string{
			"The figures are done.\n\nThanks\n\nA. Muster\nhotel room 12", "We meet at nine.\n\nThanks\n\nA. Muster\nhotel room 12", "Bob called.\n\nThanks\n\nA. Muster\nhotel room 14",
		}},
		{"an order confirmation", []string{
			"Dear customer,\n\nyour order 4711 was received.\nWe deliver to:\nAlice Muster\nGauge Street 7\n10115 Berlin",
			"Dear customer,\n\nyour order 4712 was received.\nWe deliver to:\nAlice Muster\nGauge Street 7\n10115 Berlin",
			"Dear customer,\n\nyour order 4713 was received.\nWe deliver to:\nAlice Muster\nGauge Street 7\n10115 Berlin",
		}},
		{"a sentence that begins with the name", []string{
			"Hello,\n\nwe moved to the second floor.\n\nAlice is there from nine to five on every working day.\nRing the bell.",
			"Hello,\n\nthe boxes have come today.\n\nAlice is there from nine to five on every working day.\nRing the bell.",
			"Hello,\n\nplease bring your own tools.\n\nAlice is there from nine to five on every working day.\nRing the bell.",
		}},
	}
	for _, c := range cases {
		for _, kind := range []Kind{{}, {HTML: true}} {
			name := c.name
			if kind.HTML {
				name += ", HTML"
			}
			t.Run(name, func(t *testing.T) {
				p := newPupil()
				for i, text := range c.mails {
					if kind.HTML {
						text = asHTML(text)
					}
					if pl, n := p.write(t, text, kind); pl.By == "learned" || n > 0 {
						t.Errorf("mail %d: by %q, removed %q", i, pl.By, pl.Removed)
					}
				}
			})
		}
	}
}

// However many mails of one day, or of one day and today, end alike.
func TestLearnedNeedsDays(t *testing.T) {
	p := newPupil()
	for _, text := range []string{"One.", "Two.", "Three.", "Four."} {
		if pl, n := p.writeAgain(t, text+"\n\nRegards\n\nA. Muster\nGauges since 1921", Kind{}); n > 0 || pl.By == "learned" {
			t.Fatalf("on one day: removed %q", pl.Removed)
		}
	}
	if pl, n := p.write(t, "Five.\n\nRegards\n\nA. Muster\nGauges since 1921", Kind{}); n > 0 || pl.By == "learned" {
		t.Fatalf("on the second day: removed %q", pl.Removed)
	}
	if _, n := p.writeAgain(t, "Six.\n\nRegards\n\nA. Muster\nGauges since 1921", Kind{}); n > 0 {
		t.Fatal("again on the second day")
	}
	if _, n := p.write(t, "Seven.\n\nRegards\n\nA. Muster\nGauges since 1921", Kind{}); n != 2 {
		t.Errorf("on the third day: %d lines", n)
	}
}

// What one form teaches the other knows.
func TestLearnedAcrossForms(t *testing.T) {
	const end = "\n\nRegards\n\nA. Muster\nGauges since 1921\n"
	p := newPupil()
	p.write(t, "The samples are here."+end, Kind{})
	p.write(t, asHTML("Please look at this."+end), Kind{HTML: true})
	pl, _ := p.write(t, `<div>No news yet.</div><div><br></div><div>Regards</div><div><b>A.&nbsp;Muster</b></div><div><a href="https://contoso.com">Gauges  since 1921</a></div>`, Kind{HTML: true})
	if pl.By != "learned" || len(pl.Removed) != 2 {
		t.Errorf("HTML: by %q, removed %q", pl.By, pl.Removed)
	}
	pl, _ = p.write(t, "No news yet.\n\nRegards\n*A. Muster*\nGauges since 1921 <https://contoso.com>\n\nSent from my iPhone\n", Kind{})
	if want := []string{"*A. Muster*", "Gauges since 1921 <https://contoso.com>", "Sent from my iPhone"}; pl.By != "learned" || !slices.Equal(pl.Removed, want) {
		t.Errorf("text: by %q, removed %q", pl.By, pl.Removed)
	}
}

// Pictures are known by their size and their alternative text; another one at the
// same place is the author's.
func TestLearnedPictures(t *testing.T) {
	mail := func(text, img string) string {
		return `<p>` + text + `</p><p>Regards</p><p>A. Muster<br>Gauges since 1921<br>` + img + `</p>`
	}
	p := newPupil()
	html := Kind{HTML: true}
	p.write(t, mail("One.", `<img src="cid:a1@x" width="200" height="40" alt="Contoso">`), html)
	p.write(t, mail("Two.", `<img width="200" height="40" alt="Contoso" src="cid:b2@x">`), html)
	if pl, _ := p.write(t, mail("Three.", `<img src="cid:c3@x" width="200" height="40" alt="Contoso">`), html); pl.By != "learned" || len(pl.Removed) != 3 {
		t.Errorf("by %q, removed %q", pl.By, pl.Removed)
	}
	if pl, _ := p.write(t, mail("Four.", `<img src="cid:d4@x" width="640" height="480" alt="chart">`), html); pl.By == "learned" {
		t.Errorf("another picture: removed %q", pl.Removed)
	}
}

// A line above that a mail of another day has too is a text that repeats, whatever
// other mails have there.
func TestLearnedTextThatRepeats(t *testing.T) {
	const end = "\n\nA. Muster\nGauges since 1921"
	p := newPupil()
	p.write(t, "Hello,\nthe samples are here."+end, Kind{})
	p.write(t, "Hello,\nBob asks for drawings."+end, Kind{})
	if pl, _ := p.write(t, "Hello,\nplease bring your sheets to the gate."+end, Kind{}); pl.By != "learned" {
		t.Fatalf("by %q", pl.By)
	}
	if pl, _ := p.write(t, "Hi all,\nplease bring your sheets to the gate."+end, Kind{}); pl.By != "" {
		t.Errorf("by %q, removed %q", pl.By, pl.Removed)
	}
}

// Lines of our own block are no signature that was learned.
func TestLearnedLeavesOurBlock(t *testing.T) {
	block := Block{HTML: "<p>A. Muster<br>Gauges since 1921</p>", Text: "Gauges since 1921"} // all of it, and a part
	p := newPupil()
	for _, text := range []string{"One.", "Two.", "Three."} {
		p.write(t, text+"\n\nRegards\nA. Muster\nGauges since 1921", Kind{})
	}
	for _, kind := range []Kind{{}, {HTML: true}} {
		text := "Four.\n\nRegards\nA. Muster\nGauges since 1921\n"
		if kind.HTML {
			text = "<p>Four.</p><p>Regards</p>" + block.wrapped()
		}
		p.memory.Today++
		if pl, _ := Read([]byte(text), kind).Place(block, &all, &p.person, false); pl.By != "sigmilter" || len(pl.Edits) > 0 {
			t.Errorf("by %q: %v", pl.By, pl.Edits)
		}
	}
}

// Which lines mails share while the line above differs in each.
func TestDiverges(t *testing.T) {
	const today = 9
	line := func(n, tail uint64) LineHash { return LineHash(n<<16 | tail) }
	ended := func(day int, above LineHash) Ending {
		return Ending{Lines: []LineHash{line(1, 0), line(2, 0), above, line(7, 7)}, First: day, Last: day}
	}
	mail := []LineHash{line(1, 0), line(2, 0), line(3, 3)}
	cases := []struct {
		name    string
		endings []Ending
		want    int
	}{
		{"two days, other lines", []Ending{ended(1, line(4, 4)), ended(2, line(5, 5))}, 2},
		{"one day", []Ending{ended(1, line(4, 4)), ended(1, line(5, 5))}, 0},
		{"one day and today", []Ending{ended(1, line(4, 4)), ended(today, line(5, 5))}, 0},
		{"a mail of another day that ends as one of them", []Ending{ended(1, line(4, 4)), ended(1, line(5, 5)), ended(2, line(6, 3))}, 0},
		{"the same ending on two days", []Ending{{Lines: ended(1, line(4, 4)).Lines, First: 1, Last: 2}}, 0},
		{"ends like the mail in hand", []Ending{ended(1, line(4, 3)), ended(2, line(5, 5))}, 0},
		{"end alike", []Ending{ended(1, line(4, 4)), ended(2, line(5, 4))}, 0},
		{"the line above is in a third", []Ending{ended(1, line(4, 4)), ended(2, line(5, 5)), ended(3, line(3, 3))}, 0},
		{"the line above was there today", []Ending{ended(1, line(4, 4)), ended(2, line(5, 5)), ended(today, line(3, 3))}, 2},
		{"nothing above in one", []Ending{ended(1, line(4, 4)), {Lines: mail[:2], First: 2, Last: 2}}, 0},
		{"all of it is shared", []Ending{ended(1, line(3, 3)), ended(2, line(3, 3))}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := Memory{Today: today, Endings: c.endings}
			if got := m.diverges(mail); got != c.want {
				t.Errorf("%d lines, want %d", got, c.want)
			}
		})
	}
}
