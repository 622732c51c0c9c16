package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	batchSize    = 20 // most that Graph takes at a time
	batchWorkers = 4  // batches under way
)

// batchAnswer is the answer to one of the requests of a batch.
type batchAnswer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"` // JSON, or a text of base64
}

// batch asks for links, each a path below the API's version, and returns the answers
// in their order. Those that fail for a passing reason are asked for again.
func (w *web) batch(ctx context.Context, links []string) ([]batchAnswer, error) {
	answers := make([]batchAnswer, len(links))
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(batchWorkers)
	for start := 0; start < len(links); start += batchSize {
		end := min(start+batchSize, len(links))
		workers.Go(func() error { return w.fetchBatch(ctx, links[start:end], answers[start:end]) })
	}
	return answers, workers.Wait()
}

// fetchBatch asks for as many links as one batch takes.
func (w *web) fetchBatch(ctx context.Context, links []string, answers []batchAnswer) error {
	for attempt := 1; ; attempt++ {
		open, err := w.fetchOnce(ctx, links, answers)
		if err != nil {
			return err
		}
		if open == 0 || attempt == maxAttempts {
			return nil
		}
		var pause time.Duration
		for _, answer := range answers {
			if unanswered(answer) {
				header := http.Header{}
				for name, value := range answer.Headers {
					header.Set(name, value)
				}
				pause = max(pause, backoff(attempt, header, time.Now()))
			}
		}
		if pause > maxWait {
			return nil // the answers say 429
		}
		if err := w.wait(ctx, pause); err != nil {
			return err
		}
	}
}

// fetchOnce asks for those links that have no answer yet, and returns how many still
// have none.
func (w *web) fetchOnce(ctx context.Context, links []string, answers []batchAnswer) (open int, err error) {
	type request struct {
		ID     string `json:"id"`
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	var question struct {
		Requests []request `json:"requests"`
	}
	for i, link := range links {
		if unanswered(answers[i]) {
			question.Requests = append(question.Requests, request{strconv.Itoa(i), http.MethodGet, link})
		}
	}
	var answer struct {
		Responses []struct {
			ID string `json:"id"`
			batchAnswer
		} `json:"responses"`
	}
	if err := w.post(ctx, w.origin+"/v1.0/$batch", question, &answer); err != nil {
		return 0, err
	}
	for _, r := range answer.Responses {
		i, err := strconv.Atoi(r.ID)
		if err != nil || i < 0 || i >= len(links) {
			return 0, errors.New("a batch is answered with an id that was not asked for")
		}
		answers[i] = r.batchAnswer
	}
	for _, a := range answers {
		if unanswered(a) {
			open++
		}
	}
	return open, nil
}

func unanswered(a batchAnswer) bool { return a.Status == 0 || passingStatus(a.Status) }
