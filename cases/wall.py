"""The policies that the tables of a child's file share, in SQL."""

LED = "school_id = any((select led_schools())::uuid[])"
OF_FILE = f"""(trajectory_id = any((select my_trajectories())::uuid[])
    or ({LED} and not trajectory_id = any((select barred_trajectories())::uuid[])))"""
OF_PUPIL = f"""(pupil_id = any((select my_pupils())::uuid[])
    or ({LED} and not pupil_id = any((select barred_pupils())::uuid[])))"""
# A colleague who was let into one case reads the child's people, and changes none of them.
OF_OWN_PUPIL = f"""(pupil_id = any((select own_pupils())::uuid[])
    or ({LED} and not pupil_id = any((select barred_pupils())::uuid[])))"""
# What is added or changed must also be of the school of the child it hangs on: else a leader could tie a child of
# another school, whose number came from elsewhere, to a file of his own.
INTO_FILE = f"({OF_FILE} and school_id = school_of_trajectory(trajectory_id))"
INTO_PUPIL = f"({OF_OWN_PUPIL} and school_id = school_of_pupil(pupil_id))"
STAYS_IN_FILE = ("school_id", "trajectory_id")
STAYS_WITH_PUPIL = ("school_id", "pupil_id")
AT_WORK = "school_id = any((select staff_schools())::uuid[])"
