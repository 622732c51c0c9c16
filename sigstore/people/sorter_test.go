package people

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// With any memory the items come in order, equal keys as they came, and as often as
// one asks.
func TestSorter(t *testing.T) {
	for _, memory := range []int{1, 100, 10_000, 1 << 20} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			folder := t.TempDir()
			s := &sorter{folder: folder, memory: memory}
			defer s.reset()
			var want []string
			for n := range 2000 {
				key := fmt.Sprint("k", r.IntN(500))
				value := strings.Repeat("v", r.IntN(30)) + fmt.Sprint(n)
				want = append(want, key+" "+value)
				if err := s.add([]byte(key), []byte(value)); err != nil {
					t.Fatal(err)
				}
			}
			slices.SortStableFunc(want, func(a, b string) int {
				a, _, _ = strings.Cut(a, " ")
				b, _, _ = strings.Cut(b, " ")
				return strings.Compare(a, b)
			})
			for range 2 {
				all, err := s.sorted()
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for {
					key, value, err := all.item()
					if err == io.EOF {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, string(key)+" "+string(bytes.Clone(value)))
				}
				if !slices.Equal(got, want) {
					t.Fatalf("got %q", got)
				}
			}
			if files, err := os.ReadDir(folder); len(files) > 0 || err != nil {
				t.Errorf("files left: %v, %v", files, err)
			}
			if spilled := s.file != nil; spilled != (memory < 1<<20) {
				t.Errorf("in a file: %v", spilled)
			}
		})
	}
}

func TestSorterWithoutFolder(t *testing.T) {
	s := &sorter{folder: t.TempDir() + "/absent", memory: 1}
	if err := s.add([]byte("a"), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.add([]byte("b"), nil); err == nil {
		t.Error("written to nowhere")
	}
}
