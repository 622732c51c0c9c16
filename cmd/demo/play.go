package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sigmilter/cmd/internal/lab"
)

// patience bounds the wait for the messages; they take about a second.
const patience = time.Minute

// result is what became of one sample.
type result struct {
	lab.Sample
	Before []byte     // as handed to the relay; nil if it could not be sent
	After  []byte     // as it came back; nil if it did not
	Passes int        // times it came back
	Log    lab.Record // the daemon's line on it
	Fault  error      // what is not as expected
}

// play runs the lab once and leaves its logs in the folder out.
func play(ctx context.Context, out string, tell progress) (results []result, err error) {
	dir, err := lab.NewDir()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	tell("building sigmilter")
	binary := filepath.Join(dir, "sigmilter")
	if err := lab.Build(ctx, binary); err != nil {
		return nil, err
	}
	site, err := lab.WriteSite(dir)
	if err != nil {
		return nil, err
	}
	cloud, err := lab.StartCloud(lab.Guard)
	if err != nil {
		return nil, err
	}
	defer cloud.Stop()
	tell("starting sigmilter on %s", site.Milter())
	daemon, err := lab.StartDaemon(binary, site)
	if err != nil {
		return nil, err
	}
	defer func() {
		err = errors.Join(err, daemon.Stop(), writeFile(out, "sigmilter.log", []byte(daemon.Log())))
	}()
	postfix, err := lab.StartPostfix(dir, lab.PostfixOptions{Milter: site.Milter(), NextHop: cloud.Addr()})
	if err != nil {
		return nil, err
	}
	defer func() {
		postfix.Stop()
		mailLog, readErr := os.ReadFile(postfix.Log())
		err = errors.Join(err, readErr, writeFile(out, "postfix.log", mailLog))
	}()
	tell("started Postfix on %s", postfix.Addr())
	cloud.SetRelay(postfix.Addr())
	return exchange(ctx, cloud, daemon, postfix, tell)
}

// exchange sends every sample and collects what comes back. A message that gets
// lost is a result, not an error.
func exchange(ctx context.Context, cloud *lab.Cloud, daemon *lab.Daemon, postfix *lab.Postfix, tell progress) ([]result, error) {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	notSent := map[string]error{}
	for i, s := range lab.Samples {
		tell("sending %d of %d: %s, %s", i+1, len(lab.Samples), s.Title, s.Client)
		if err := cloud.Send(waiting, s.Outgoing()); err != nil {
			notSent[s.MessageID()] = err
		}
	}
	tell("waiting for them to come back")
	lost := cloud.Wait(waiting, len(lab.Samples)-len(notSent))
	if err := ctx.Err(); err != nil {
		return nil, err // a person has pressed Ctrl-C
	}
	postfix.Stop() // from here on nothing more arrives, not even a duplicate
	arrivals := map[string][]lab.Arrival{}
	for _, a := range cloud.Arrivals() {
		arrivals[a.MessageID] = append(arrivals[a.MessageID], a)
	}
	var results []result
	for _, s := range lab.Samples {
		id := s.MessageID()
		results = append(results, judge(waiting, s, arrivals[id], daemon, errors.Join(notSent[id], lost)))
		delete(arrivals, id)
	}
	for id, strays := range arrivals {
		results = append(results, result{
			Sample: lab.Sample{Name: "stray", Title: id, From: strays[0].From},
			After:  strays[0].Raw, Passes: strays[0].Passes, Fault: errors.New("nobody sent this message"),
		})
	}
	return results, nil
}

// judge compares what arrived of a sample with what was expected of it. missing
// says why nothing did.
func judge(ctx context.Context, s lab.Sample, arrivals []lab.Arrival, daemon *lab.Daemon, missing error) result {
	r := result{Sample: s}
	if len(arrivals) == 0 {
		r.Fault = errors.Join(errors.New("did not come back"), missing)
		return r
	}
	a := arrivals[0]
	r.Before, r.After, r.Passes = a.Sent, a.Raw, a.Passes
	r.Fault = lab.Check(s, a)
	if len(arrivals) > 1 {
		r.Fault = errors.Join(r.Fault, fmt.Errorf("arrived %d times", len(arrivals)))
	}
	var err error
	if r.Log, err = daemon.Record(ctx, a); err != nil {
		r.Fault = errors.Join(r.Fault, err)
	} else if r.Log.Action != s.Action {
		r.Fault = errors.Join(r.Fault, fmt.Errorf("logged as %s, expected %s", r.Log.Action, s.Action))
	}
	return r
}
