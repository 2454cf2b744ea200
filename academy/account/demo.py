"""The demo people: each at another point of the story, told through the same actions that people use."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from academy import clock
from academy.account.actions import Newcomer, sign_up
from academy.achievements import record
from academy.achievements.rewards.actions import stock
from academy.catalog.content import Catalog, Quiz
from academy.catalog.queries import published
from academy.checkins.actions import check_in
from academy.people.actions import lock
from academy.people.models import Cohort, Person
from academy.people.rules import BRAND, TRAINER
from academy.practice.actions import decide, hand_in
from academy.quizzes.actions import begin, finish, go_through, keep
from academy.quizzes.queries import latest
from academy.text.codes import new_code

FIRST_WORDS = """\
我家 14 个月，换尿裤时用了两个月护臀膏，我看到的变化是：膏体偏稠，冬天要先在手心焐一下再抹。
不太方便的是盖子要两只手才拧得开。"""
DOUDOU = """\
我家 22 个月，晚上睡觉穿 XL 号纸尿裤，用了三周，我看到大腿那里没有勒印。
不方便的是这一款只有大包装，出门要自己分装。"""


class Story:
    """What the demo people have done up to now, day by day."""

    def __init__(self, session: Session, password_hash: str) -> None:
        self.session = session
        self.password_hash = password_hash
        self.catalog: Catalog = published(session)
        # The same story every time; only codes and passwords are secrets.
        self.chance = Random(7)

    def tell(self) -> list[tuple[str, str]]:
        """Make everybody; who they are and how they sign in."""
        zhou = self._staff(TRAINER, "周以宁", "13800000001", None)
        self._staff(BRAND, "鹿芽运营", None, "brand@luya.example")
        self._cohort("qt07", "青铜 07 班", "bronze", zhou)
        self._cohort("by03", "白银 03 班", "silver", zhou)
        stock(self.session, "silver-voucher", (f"LY20-{new_code()}" for _ in range(200)))
        self._beginner()
        self._midway()
        self._nearly(zhou)
        return [
            ("学员 阿朵：刚进班", "13800000011"),
            ("学员 小棠：学到第二站，作业等点评", "13800000012"),
            ("学员 豆豆妈：今天签到，就晋级白银", "13800000013"),
            ("讲师 周以宁", "13800000001"),
            ("品牌 鹿芽运营", "brand@luya.example"),
        ]

    def _staff(self, role: str, name: str, phone: str | None, email: str | None) -> Person:
        person = Person(
            role=role, name=name, phone=phone, email=email, password_hash=self.password_hash, created_at=clock.now()
        )
        self.session.add(person)
        self.session.flush()
        return person

    def _cohort(self, code: str, name: str, tier: str, trainer: Person) -> None:
        self.session.add(
            Cohort(code=code, name=name, tier=tier, trainer_id=trainer.id, capacity=60, created_at=clock.now())
        )
        self.session.flush()

    def _trainee(self, name: str, phone: str) -> int:
        new = Newcomer(name, phone, None, self.password_hash, "qt07", "zh", None)
        return sign_up(self.session, new, None).person.id

    def _beginner(self) -> None:
        self._trainee("阿朵", "13800000011")

    def _midway(self) -> None:
        with clock.at(_morning(6)):
            tang = self._trainee("小棠", "13800000012")
            record(self.session, tang, "profile.completed")
            record(self.session, tang, "pledge.signed", "koc", self.catalog.one("pledge")["version"])
        learned = self._lessons(tang)
        for ago, lessons in ((6, 3), (5, 2), (4, 1), (2, 1), (1, 2)):
            with clock.at(_morning(ago)):
                check_in(self.session, tang)
                for _ in range(lessons):
                    next(learned)
        with clock.at(_morning(1)):
            hand_in(self.session, tang, "first-words", FIRST_WORDS, [])

    def _nearly(self, zhou: Person) -> None:
        with clock.at(_morning(8)):
            doudou = self._trainee("豆豆妈", "13800000013")
            record(self.session, doudou, "profile.completed")
            record(self.session, doudou, "pledge.signed", "koc", self.catalog.one("pledge")["version"])
            given, _ = hand_in(self.session, doudou, "first-words", DOUDOU, [])
        with clock.at(_morning(7)):
            decide(self.session, zhou, given.id, "accepted", "有月龄、有场景、有不方便的地方，一看就是自己用的。")
        learned = self._lessons(doudou)
        for ago in (8, 7, 6, 4, 3):
            with clock.at(_morning(ago)):
                check_in(self.session, doudou)
                for _ in range(3):
                    next(learned, None)
        with clock.at(_morning(1)):
            check_in(self.session, doudou)
            self._pass(doudou, self.catalog.assessments["bronze-exam"], wrong=2)

    def _lessons(self, trainee: int) -> Iterator[None]:
        """Her way through all lessons and quizzes of the bronze courses, a lesson a step."""
        for course in self.catalog.courses:
            for stage in course.stages:
                for lesson in stage.lessons:
                    for check in lesson.checks:
                        record(self.session, trainee, "question.right", check.key)
                    record(self.session, trainee, "lesson.completed", lesson.key)
                    if lesson is stage.lessons[-1] and stage.quiz:
                        self._pass(trainee, stage.quiz)
                    yield

    def _pass(self, trainee: int, quiz: Quiz, wrong: int = 0) -> None:
        lock(self.session, trainee)
        last = latest(self.session, trainee, quiz.key)
        sheet = begin(self.session, trainee, self.catalog, quiz, last, self.chance)
        for n, item in enumerate(sheet.asked):
            missed = frozenset(option.key for option in item.question.options) - item.question.right
            chosen = item.question.right if n >= wrong else frozenset(sorted(missed)[:1])
            sheet, _ = keep(self.session, sheet, item, chosen)
        finish(self.session, sheet)
        go_through(sheet)


def _morning(ago: int) -> datetime:
    """Nine o'clock on a brand day before today."""
    return datetime.combine(clock.today() - timedelta(days=ago), time(9, 5), clock.ZONE)


def remember(folder: Path, people: list[tuple[str, str]], password: str) -> str:
    """Keep the sign-ins beside the demo database, where only its owner reads them, and say them."""
    lines = [f"  {contact:<22}{who}" for who, contact in people]
    text = "\n".join(["Demo sign-ins:", *lines, f"  password of all: {password}", "  invitation: /join/qt07"])
    path = folder / "demo-sign-ins.txt"
    path.touch(mode=0o600)
    path.write_text(text + "\n", "utf-8")
    return text
