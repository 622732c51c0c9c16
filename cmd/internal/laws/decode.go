package laws

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// text is the decoded text of a leaf in UTF-8, line ends as LF. Clean says that
// the part decoded without a fault; ok, that its encoding and charset are known.
func (p *part) text() (text string, clean, ok bool) { return p.textAs(p.params["charset"]) }

// textAs is text for a part that had that label before it was signed. Under a new
// label it reads as that says; else what the bytes are counts more.
func (p *part) textAs(label string) (text string, clean, ok bool) {
	decoded, clean, ok := transferDecoded(p.value("Content-Transfer-Encoding"), p.body)
	if !ok {
		return "", false, false
	}
	if label == p.params["charset"] {
		if text, hidden := hiddenText(decoded); hidden {
			return strings.ReplaceAll(text, "\r\n", "\n"), clean, true
		}
	}
	text, sound, ok := charsetDecoded(p.params["charset"], decoded)
	return strings.ReplaceAll(text, "\r\n", "\n"), clean && sound, ok
}

func transferDecoded(encoding string, raw []byte) (decoded []byte, clean, ok bool) {
	encoding, _, _ = strings.Cut(strings.ToLower(encoding), ";")
	if name, _, found := strings.Cut(encoding, "("); found && (strings.HasPrefix(name, "7bit") || strings.HasPrefix(name, "8bit") || strings.HasPrefix(name, "binary")) {
		encoding = name // a comment
	}
	switch strings.TrimSpace(encoding) {
	case "", "7bit", "7-bit", "7bits":
		return raw, isASCII(string(raw)), true
	case "8bit", "8-bit", "8bits", "binary":
		return raw, true, true
	case "quoted-printable":
		decoded, clean = unquoted(raw)
		return decoded, clean, true
	case "base64":
		text := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(string(raw))
		decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
		return decoded, err == nil, err == nil
	}
	return nil, false, false
}

// unquoted decodes quoted-printable as readers do: what is no escape stands for
// itself, and blanks at the end of a line do not count.
func unquoted(raw []byte) (decoded []byte, clean bool) {
	clean = isASCII(string(raw))
	for line := range bytes.Lines(raw) {
		end := lineEndOf(line)
		line = bytes.TrimRight(trimEnd(line), " \t")
		soft := bytes.HasSuffix(line, []byte("="))
		if soft {
			line, end = line[:len(line)-1], ""
		}
		for i := 0; i < len(line); i++ {
			if line[i] != '=' {
				decoded = append(decoded, line[i])
				continue
			}
			hi, lo := hexDigit(line, i+1), hexDigit(line, i+2)
			if hi < 0 || lo < 0 {
				clean = false
				decoded = append(decoded, '=')
				continue
			}
			decoded = append(decoded, byte(hi<<4|lo))
			i += 2
		}
		decoded = append(decoded, end...)
	}
	return decoded, clean
}

func hexDigit(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	return strings.IndexByte("0123456789ABCDEF", bytes.ToUpper(b[i : i+1])[0])
}

// charsetDecoded is b in UTF-8. Without a label, and as UTF-8, it is b itself,
// invalid bytes too.
func charsetDecoded(label string, b []byte) (text string, clean, ok bool) {
	switch label = strings.ToLower(strings.TrimSpace(label)); label {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "utf_8", "cp65001":
		return string(b), utf8.Valid(b), true
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return utf7(string(b)), true, true
	}
	e := charset(label)
	if e == nil {
		return string(b), true, isASCII(string(b)) && !strings.HasPrefix(label, "din_")
	}
	decoded, err := e.NewDecoder().Bytes(b)
	return string(decoded), !bytes.ContainsRune(decoded, utf8.RuneError), err == nil
}

var (
	// jis and shifts begin text in ISO-2022-JP and in ISO-2022-KR or -CN.
	jis    = regexp.MustCompile(`\x1b(?:\$[@B]|\([IJ])`)
	shifts = regexp.MustCompile(`\x1b\$\)([AC])`)
	// hz is a run of HZ with two common characters in a row.
	hz = regexp.MustCompile(`~\{(?:[\x21-\x77][\x21-\x7e])*?(?:[\x21-\x29\x30-\x57][\x21-\x7e]){2}(?:[\x21-\x77][\x21-\x7e])*?~\}`)
)

// hiddenText is text in an encoding of escape sequences, by what is in it.
func hiddenText(b []byte) (string, bool) {
	if !isASCII(string(b)) {
		return "", false
	}
	label := ""
	switch set := shifts.FindSubmatch(b); {
	case set != nil:
		label = map[string]string{"A": "gbk", "C": "euc-kr"}[string(set[1])]
		b = unshifted(shifts.ReplaceAll(b, nil))
	case jis.Match(b):
		label = "iso-2022-jp"
	case hz.Match(b):
		label = "hz-gb-2312"
	default:
		return "", false
	}
	text, clean, ok := charsetDecoded(label, b)
	return text, ok && clean
}

// unshifted has the high bit set of what stands between shift out and shift in.
func unshifted(b []byte) []byte {
	var out []byte
	high := byte(0)
	for _, c := range b {
		switch c {
		case 0x0e:
			high = 0x80
			continue
		case 0x0f, '\n':
			high = 0
		}
		switch {
		case c == 0x0f:
		case c > ' ':
			out = append(out, c|high)
		default:
			out = append(out, c)
		}
	}
	return out
}

func charset(label string) encoding.Encoding {
	if label == "hz-gb-2312" { // which browsers do not know any more
		return simplifiedchinese.HZGB2312
	}
	if label == "iso-2022-jp" { // with half-width kana, which browsers do not write
		return japanese.ISO2022JP
	}
	switch label {
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "iso8859-1", "iso88591", "iso_8859_1", "latin-1":
		label = "iso-8859-1"
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(label); err == nil {
		return e
	}
	return nil
}

// utf7 decodes UTF-7 (RFC 2152).
func utf7(s string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "+")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		n := 0
		for n < len(rest) && strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", rest[n]) >= 0 {
			n++
		}
		code, tail := rest[:n], strings.TrimPrefix(rest[n:], "-")
		if n == 0 && tail != rest {
			out.WriteByte('+')
		}
		b, _ := base64.RawStdEncoding.DecodeString(code) // of a faulty run what decodes
		var units []uint16
		for i := 0; i+1 < len(b); i += 2 {
			units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
		}
		out.WriteString(string(utf16.Decode(units)))
		s = tail
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
