package entity

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
)

// utf16Of is text in UTF-16 without a mark.
func utf16Of(text string, little bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if little {
			b.Write([]byte{byte(u), byte(u >> 8)})
		} else {
			b.Write([]byte{byte(u >> 8), byte(u)})
		}
	}
	return b.String()
}

// TestFoundCharset opens texts whose label does not say what they are in, and puts
// a signature that is not ASCII behind them.
func TestFoundCharset(t *testing.T) {
	const (
		passes  = "passes"
		utf8d   = "becomes UTF-8"
		refused = "only ASCII can be written"
	)
	tests := []struct{ name, label, src, text, becomes string }{
		{"ISO-2022-JP", "", "\x1b$B$$$$$G$9\x1b(B ok", "いいです ok", utf8d},
		{"ISO-2022-JP, older set", "us-ascii", "\x1b$@F|K\\\x1b(J ok", "日本 ok", utf8d},
		{"ISO-2022-JP, half-width kana", "us-ascii", "\x1b(I1\x1b(B ok", "ｱ ok", utf8d},
		{"ISO-2022-JP as UTF-8", "utf-8", "\x1b$BF|K\\\x1b(B", "日本", utf8d},
		{"ISO-2022-JP as Latin 1", "iso-8859-1", "\x1b$BF|K\\\x1b(B", "日本", utf8d},
		{"ISO-2022-JP as Shift JIS", "shift_jis", "\x1b$BF|K\\\x1b(B", "日本", utf8d},
		{"ISO-2022-JP under a label of nothing", "x-unknown", "\x1b$BF|K\\\x1b(B", "日本", utf8d},
		{"ISO-2022-JP with colours of a terminal", "", "\x1b$BF|K\\\x1b(B \x1b[31mFAIL\x1b[0m", "", passes},
		{"ISO-2022-JP-2", "", "\x1b$ANRWS\x1b(B", "", passes},
		{"ISO-2022-JP cut off", "", "\x1b$BF|K", "", passes},
		{"ISO-2022-JP beside other bytes", "", "\x1b$BF|K\\\x1b(B \xfc", "", passes},
		{"ISO-2022-KR", "", "\x1b$)C\x0e8q?d@O\x0f, \x0e1&Bz=@4O4Y\x0f.", "목요일, 괜찮습니다.", utf8d},
		{"ISO-2022-KR by its label", "iso-2022-kr", "\x1b$)C\r\nHello \x0e8q?d@O\x0f", "\r\nHello 목요일", utf8d},
		{"ISO-2022-KR without a letter", "", "\x1b$)C\r\nHello", "\r\nHello", utf8d},
		{"ISO-2022-KR without what chooses its set", "", "\x0e8q?d@O\x0f", "", passes},
		{"ISO-2022-CN", "us-ascii", "\x1b$)A\x0ePGFZ\x0f ok", "星期 ok", utf8d},
		{"ISO-2022-CN, traditional", "", "\x1b$)G\x0eDc\x0f ok", "", passes},
		{"HZ", "", "~{PGFZKD?IRT!#~} ok", "星期四可以。 ok", utf8d},
		{"HZ as UTF-8", "utf-8", "ok ~{PGFZKD~}", "ok 星期四", utf8d},
		{"HZ as GB 2312", "gb2312", "ok ~{PGFZKD~}", "ok 星期四", utf8d},
		{"HZ beside a lone tilde", "", "~{PGFZKD?IRT!#~} ~bob", "", passes},
		{"UTF-16 without a mark", "", utf16Of("Hello Bob,\r\nok\r\n", true), "", passes},
		{"UTF-16 of another script", "us-ascii", utf16Of("木曜日で大丈夫です。よろしく\r\n", false), "", passes},
		{"UTF-16 with a mark, as UTF-8", "utf-8", "\xff\xfe" + utf16Of("木曜日", true), "", passes},
		{"UTF-7, Latin", "", "Gr+APwA3w-e", "Gr+APwA3w-e", refused},
		{"UTF-7, Japanese", "us-ascii", "+ZeVnLIqe- 11+Zwg-", "+ZeVnLIqe- 11+Zwg-", refused},
		{"GBK", "", "\xd0\xc7\xc6\xda", "\xd0\xc7\xc6\xda", refused},
		{"Shift JIS", "us-ascii", "\x93\xfa\x96{", "\x93\xfa\x96{", refused},
		{"Latin 1 under a label of nothing", "x-unknown", "Gr\xfc\xdfe", "", passes},
		{"UTF-8 under a label of nothing", "default", "Grüße", "", passes},

		{"colours of a terminal", "", "\x1b[32mPASS\x1b[0m\x1b(B", "\x1b[32mPASS\x1b[0m\x1b(B", utf8d},
		{"escapes that got lost", "", "$BF|K\\(B ~} $)C", "$BF|K\\(B ~} $)C", utf8d},
		{"Common Lisp", "", `(format t "~{~a~^, ~}" list) ~{foo~} ~{ab~}`, `(format t "~{~a~^, ~}" list) ~{foo~} ~{ab~}`, utf8d},
		{"a placeholder", "", "Dear ~{NAME}, ~{ID~}", "Dear ~{NAME}, ~{ID~}", utf8d},
		{"sums and numbers", "us-ascii", "1+1, C++, +49-30, One+Two-Three, a+b", "1+1, C++, +49-30, One+Two-Three, a+b", utf8d},
		{"one plus", "us-ascii", "Meier+Two-Partner", "Meier+Two-Partner", utf8d},
		{"UTF-8", "", "Grüße, 日本", "Grüße, 日本", utf8d},
		{"a NUL", "", "Hello\x00 Bob, how are you?\n", "Hello\x00 Bob, how are you?\n", utf8d},
		{"a shift alone", "", "Hello \x0e Bob", "Hello \x0e Bob", utf8d},
		{"UTF-8 by its label, with escapes", "utf-8", "Grüße \x1b$B", "Grüße \x1b$B", "stays"},
		{"label of a template", "", "Hello", "Hello", utf8d},
		{"DEFAULT", "DEFAULT", "Hello", "Hello", utf8d},
		{"unknown-8bit", "unknown-8bit", "Hello", "Hello", utf8d},
		{"of a database", "utf8mb4", "Hello", "Hello", utf8d},
		{"with a semicolon", "utf-8;", "Hello", "Hello", utf8d},
		{"what is left of an encoded word", "=?iso-8859-1?Q?", "Hello", "Hello", utf8d},
		{"what browsers know", "x-user-defined", "Hello", "Hello", utf8d},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			field := ""
			if tt.label != "" {
				field = "; charset=\"" + tt.label + "\""
			}
			message := "MIME-Version: 1.0\r\nContent-Type: text/plain" + field + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + tt.src
			root, body := scan(t, message, 1<<16)
			l, err := Open(root, []byte(body))
			if tt.becomes == passes {
				if !errors.Is(err, ErrCharset) {
					t.Errorf("opening: %v", err)
				}
				return
			}
			if err != nil || string(l.Text) != tt.text {
				t.Fatalf("reads %q, %v", l.Text, err)
			}
			end := len(l.Text)
			ascii := mustEdit(t, message, "1", Edit{end, end, "\nAlice Muster"})
			if text := string(ascii.after.Text); !strings.HasPrefix(text, tt.text) || !strings.HasSuffix(text, "Alice Muster") {
				t.Errorf("with ASCII it reads %q", ascii.after.Text)
			}
			e, err := edit(t, message, "1", Edit{end, end, "\nAlice – Müller"})
			if tt.becomes == refused {
				if !errors.Is(err, ErrCharset) {
					t.Errorf("got %v, %q", err, e.body)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if label := e.after.Part.Media.Params["charset"]; label != "utf-8" || !bytes.HasPrefix(e.after.Text, []byte(tt.text)) || !bytes.HasSuffix(e.after.Text, []byte("Alice – Müller")) {
				t.Errorf("in %s it reads %q", label, e.after.Text)
			}
		})
	}
}

// TestFoundCharsetHTML: in HTML a signature never needs another charset.
func TestFoundCharsetHTML(t *testing.T) {
	for _, src := range []string{"<p>\x1b$BF|K\\\x1b(B</p>", "<p>~{PGFZKD~}</p>", "<p>Gr+APwA3w-e</p>", "<p>\xd0\xc7\xc6\xda</p>"} {
		message := "MIME-Version: 1.0\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + src
		root, body := scan(t, message, 1<<16)
		l, err := Open(root, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		end := len(l.Text)
		e := mustEdit(t, message, "1", Edit{end, end, "Müller"})
		if e.body != src+"M&#252;ller" || len(e.fields) > 0 {
			t.Errorf("%q, %v", e.body, e.fields)
		}
	}
}

// TestOpenStartOfUnknown: a beginning in ASCII does not tell what a charset is that
// nobody knows.
func TestOpenStartOfUnknown(t *testing.T) {
	message := "Content-Type: text/plain; charset=x-unknown\r\nContent-Transfer-Encoding: 8bit\r\n\r\nHello\r\nGr\xfc\xdfe\r\n"
	root, body := scan(t, message, 1<<16)
	if _, err := OpenStart(root, []byte(body[:7])); !errors.Is(err, ErrStart) {
		t.Errorf("%v", err)
	}
}

// TestDesignations: each row tells a text, and alone proves no more than that.
func TestDesignations(t *testing.T) {
	for _, d := range designations {
		if !hasShifts([]byte("a\x1b[0m\x1b"+d.sequence+"b")) || hasShifts([]byte("a"+d.sequence+"b")) || d.source == "" {
			t.Errorf("%q", d.sequence)
		}
	}
}
