package tomltree

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Choice reads one of a few words.
func Choice[T ~string](dst *T, words ...T) Reader {
	return func(v Value) {
		text, ok := v.Raw.(string)
		if v.Asks(*dst) {
			return
		}
		if !ok {
			v.Mistyped("a word in quotes", oneOf(words))
			return
		}
		if !slices.Contains(words, T(text)) {
			v.Fault(fmt.Sprintf("%q is not known", text), oneOf(words))
			return
		}
		*dst = T(text)
	}
}

// mostWords is how many words a fault tells that could be written.
const mostWords = 20

// oneOf says what to write.
func oneOf[T ~string](words []T) string {
	if len(words) > mostWords {
		return fmt.Sprintf("write %s, or one of %d more", quoted(words[:mostWords]), len(words)-mostWords)
	}
	last := len(words) - 1
	if last == 0 {
		return "write " + quoted(words)
	}
	return "write " + quoted(words[:last]) + " or " + quoted(words[last:])
}

func quoted[T ~string](words []T) string {
	list := make([]string, len(words))
	for i, word := range words {
		list[i] = strconv.Quote(string(word))
	}
	return strings.Join(list, ", ")
}

// Boolean reads true or false.
func Boolean(dst *bool) Reader {
	return func(v Value) {
		b, ok := v.Raw.(bool)
		if v.Asks(*dst) {
			return
		}
		if !ok {
			v.Mistyped("true or false", "write true or false without quotes")
			return
		}
		*dst = b
	}
}

// Count reads a whole number from 1 to most.
func Count(dst *int, most int) Reader { return Number(dst, 1, most) }

// Number reads a whole number from least to most.
func Number(dst *int, least, most int) Reader {
	return func(v Value) {
		n, ok := v.Raw.(int64)
		fix := fmt.Sprintf("write a number from %d to %d without quotes", least, most)
		if v.Asks(*dst) {
			return
		}
		if !ok {
			v.Mistyped("a whole number", fix)
			return
		}
		if n < int64(least) || n > int64(most) {
			v.Fault(fmt.Sprintf("%d is out of range", n), fix)
			return
		}
		*dst = int(n)
	}
}

// units of sizes, longest spelling first.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1},
}

// Size reads a number of bytes, or a quoted number with a unit.
func Size(dst *int64) Reader {
	const fix = `write bytes, or a number with a unit like "25MB" or "150MiB"`
	return func(v Value) {
		if v.Asks(SizeOf(*dst)) {
			return
		}
		switch n := v.Raw.(type) {
		case int64:
			if n < 1 {
				v.Fault(fmt.Sprintf("%d is out of range", n), fix)
				return
			}
			*dst = n
		case string:
			bytes, ok := parseSize(n)
			if !ok {
				v.Fault(fmt.Sprintf("%q is not a size", n), fix)
				return
			}
			*dst = bytes
		default:
			v.Mistyped("a size", fix)
		}
	}
}

// SizeOf is a number of bytes as [Size] reads it.
func SizeOf(n int64) any {
	for _, unit := range []int{2, 1, 0} { // MiB are told from bytes, not from MB
		u := units[unit]
		if n > 0 && n%u.bytes == 0 {
			return fmt.Sprint(n/u.bytes, u.suffix)
		}
	}
	return n
}

func parseSize(s string) (int64, bool) {
	for _, unit := range units {
		digits, ok := strings.CutSuffix(s, unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		ok = err == nil && n > 0 && n <= math.MaxInt64/unit.bytes
		return n * unit.bytes, ok
	}
	return 0, false
}
