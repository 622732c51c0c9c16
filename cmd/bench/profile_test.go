package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// traces are as pprof writes them.
const traces = `File: sigmilter
Type: cpu
Duration: 5s, Total samples = 70000us ( 1.4%)
-----------+-------------------------------------------------------
   40000us   internal/runtime/syscall/linux.Syscall6
             net.(*netFD).Write
             sigmilter/milter.(*conn).Write (inline)
             sigmilter/milter.(*session).Body
-----------+-------------------------------------------------------
   20000us   sigmilter/milter/insert.tokens[go.shape.<b>]
             sigmilter/milter/engine.(*Job).Finish
             sigmilter/milter.(*session).Body
-----------+-------------------------------------------------------
   10000us   os.unknown
-----------+-------------------------------------------------------
`

func stacksOf(t *testing.T) []stack {
	t.Helper()
	stacks, err := readStacks(strings.NewReader(traces))
	if err != nil || len(stacks) != 3 {
		t.Fatalf("%v, %v", stacks, err)
	}
	return stacks
}

func TestStages(t *testing.T) {
	p := profile{each: map[string]cpuEach{"sigmilter": {all: 700 * time.Microsecond, kernel: 500 * time.Microsecond}}, stacks: stacksOf(t)}
	r := &report{profile: p}
	rows := map[string]string{}
	for _, row := range r.profileTable().rows {
		rows[row[0]] = row[1]
	}
	for stage, want := range map[string]string{
		"in all": "700", "of it in user code": "200", "of it in the kernel": "500",
		"writing to the MTA": "400.0", "finding the place": "200.0", otherStage: "100.0", "allocations": "0.0",
	} {
		if rows[stage] != want {
			t.Errorf("%s: %q, want %q", stage, rows[stage], want)
		}
	}
	if _, err := readStacks(strings.NewReader("-----------+--\n  a lot   main.main\n")); err == nil {
		t.Error("a stack without a time is taken")
	}
}

func TestFlame(t *testing.T) {
	tiny := stack{[]string{"tiny"}, time.Microsecond}
	picture := flame(append(stacksOf(t), tiny))
	for decoder := xml.NewDecoder(strings.NewReader(picture)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, picture)
		}
	}
	for _, want := range []string{"sigmilter/milter.(*session).Body 85.7%", "insert.tokens[go.shape.&lt;b&gt;] 28.6%", "all 100.0%"} {
		if strings.Count(picture, want) != 1 {
			t.Errorf("not once %q in %s", want, picture)
		}
	}
	if strings.Contains(picture, "tiny") {
		t.Error("what cannot be seen is drawn")
	}
	if flame(nil) == "" {
		t.Error("nothing is drawn of no stacks")
	}
}
