//! What scenarios run against and in: brokers, proxies, and the suites' programs.

use std::ffi::OsString;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use libtest_mimic::Failed;
use watershed_testkit::proxy::Proxy;
use watershed_testkit::suite::{self, Need, Runner, Scenario, Suite, Surroundings};
use watershed_testkit::target::{Kind, Target};
use watershed_testkit::{Error, wait};

/// Where kcat is, if it is there.
pub(crate) fn kcat() -> Option<OsString> {
    std::env::var_os("WATERSHED_KCAT")
}

/// A broker that starts when it is first asked for, or why it does not.
type Lazy = LazyLock<Result<Target, String>, Box<dyn FnOnce() -> Result<Target, String> + Send>>;

/// The brokers of one kind.
pub(crate) struct Lab {
    kind: Kind,
    shared: Lazy,
    /// Whoever holds the turn may kill and restart the other one.
    turn: Mutex<()>,
    restarted: Arc<Mutex<Option<Target>>>,
    /// Apache Kafka, for what goes from one cluster to another.
    other: Arc<Lazy>,
}

fn lazy(kind: Kind) -> Lazy {
    LazyLock::new(Box::new(move || Target::start(&kind, &[]).map_err(|error| error.to_string())))
}

impl Lab {
    pub(crate) fn all<const N: usize>(kinds: [Kind; N]) -> [Arc<Self>; N] {
        let other = Arc::new(lazy(Kind::Kafka));
        kinds.map(|kind| {
            Arc::new(Self {
                shared: lazy(kind.clone()),
                turn: Mutex::new(()),
                restarted: Arc::default(),
                other: Arc::clone(&other),
                kind,
            })
        })
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.kind.name()
    }

    pub(crate) fn bootstrap(&self) -> Result<String, Failed> {
        Ok(self.shared.as_ref()?.bootstrap())
    }

    /// Runs a scenario. Kafka may try one twice: it is asked whether the claim is right, and what it misses once on a
    /// loaded machine (a session, a leader's election) says nothing of that. Watershed may not.
    #[expect(clippy::print_stderr, reason = "a report for people, beside that of the tests")]
    pub(crate) fn run(&self, pool: &Pool, scenario: &Scenario) -> Result<(), Failed> {
        let result = self.run_once(pool, scenario);
        match (&self.kind, result) {
            (Kind::Kafka, Err(failed)) => {
                eprintln!(
                    "{} failed on Kafka, which tries it again: {:?}",
                    scenario.scenario,
                    failed.message()
                );
                self.run_once(pool, scenario)
            }
            (_, result) => result,
        }
    }

    /// Runs a scenario in one of the pool's programs.
    fn run_once(&self, pool: &Pool, scenario: &Scenario) -> Result<(), Failed> {
        if scenario.needs.contains(&Need::Restart) {
            let _turn = lock(&self.turn);
            let address = self.restarted()?;
            let target = Arc::clone(&self.restarted);
            let act = move |command: &str| {
                let mut target = lock(&target);
                match (command, target.as_mut()) {
                    ("kill_and_restart", Some(running)) => running.kill_and_restart().map_err(|error| {
                        // The next scenario gets another broker.
                        *target = None;
                        error.to_string()
                    }),
                    _ => Err(format!("a broker here cannot {command}")),
                }
            };
            let around = Surroundings { control: Some(suite::control(Arc::new(act))?), ..plain(&address) };
            return pool.run(scenario, &around);
        }
        let target = self.shared.as_ref()?;
        let mut around = plain(&target.bootstrap());
        if scenario.needs.contains(&Need::Other) {
            around.other = Some((*self.other).as_ref()?.bootstrap());
        }
        if scenario.faults.is_empty() && !scenario.needs.contains(&Need::Proxy) {
            return pool.run(scenario, &around);
        }
        let proxy = Arc::new(Proxy::start(target.address(), scenario.faults.clone())?);
        around.bootstrap = proxy.address().to_string();
        let cutting = Arc::clone(&proxy);
        around.control = Some(suite::control(Arc::new(move |command: &str| match command {
            "cut" => {
                cutting.cut();
                Ok(())
            }
            _ => Err(format!("a proxy cannot {command}")),
        }))?);
        pool.run(scenario, &around)?;
        // An answer that is dropped at the very end may still be on its way.
        let unfired = || proxy.unfired().is_empty().then_some(());
        wait::wait_for("every planned fault", std::time::Duration::from_secs(1), unfired)
            .map_err(|error| format!("{error}; still to come: {:?}", proxy.unfired()).into())
    }

    /// The address of the broker that may be restarted, which is started if need be.
    fn restarted(&self) -> Result<String, Error> {
        let mut target = lock(&self.restarted);
        if let Some(target) = &*target {
            return Ok(target.bootstrap());
        }
        Ok(target.insert(Target::start(&self.kind, &[])?).bootstrap())
    }
}

fn plain(bootstrap: &str) -> Surroundings {
    Surroundings { bootstrap: bootstrap.to_owned(), direct: bootstrap.to_owned(), control: None, other: None }
}

/// The running programs of a suite: as many as there are scenarios at a time.
pub(crate) struct Pool {
    suite: Suite,
    idle: Mutex<Vec<Runner>>,
}

impl Pool {
    pub(crate) fn new(suite: Suite) -> Arc<Self> {
        Arc::new(Self { suite, idle: Mutex::default() })
    }

    fn run(&self, scenario: &Scenario, around: &Surroundings) -> Result<(), Failed> {
        let idle = lock(&self.idle).pop();
        let mut runner = match idle {
            Some(runner) => runner,
            None => self.suite.runner()?,
        };
        // After a failure the program is not used again: what a failed scenario left behind must not fail others.
        runner.run(scenario, around)?;
        lock(&self.idle).push(runner);
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
